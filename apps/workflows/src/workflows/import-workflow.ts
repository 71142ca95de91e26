import { Injectable } from '@nestjs/common';
import {
  AppError,
  type DefinitionIssue,
  type ImportWorkflowReply,
  type ImportWorkflowRequest,
  type JsonObject,
  type JsonValue,
  type Principal,
} from '@rpa/contracts';
import { importPythonDefinition } from '@rpa/engine';
import { CheckDefinition, issuesOf } from '../definition/check-definition.js';
import { isPythonForm } from '../definition/is-python-form.js';
import { parseDefinition } from '../definition/parse-definition.js';
import { CreateWorkflow } from './create-workflow.js';

const KEY = /^[a-z][a-z0-9_-]{0,63}$/;
const MAX_NAME = 200;
const MAX_DESCRIPTION = 5_000;

/**
 * Takes in what an export wrote, a bare definition, or one of the Python original; faults stay in the draft and are
 * answered.
 */
@Injectable()
export class ImportWorkflow {
  constructor(
    private readonly check: CheckDefinition,
    private readonly create: CreateWorkflow,
  ) {}

  async execute(principal: Principal | null, request: ImportWorkflowRequest): Promise<ImportWorkflowReply> {
    const document = parseDefinition(request.definition);
    const inner = document['definition'];
    const { draft, report } = toDraft(isObject(inner) || typeof inner === 'string' ? parseDefinition(inner) : document);
    const name = request.name ?? text(document['name'], MAX_NAME);
    if (!name)
      throw new AppError('validation_failed', 'The workflow has no name.', {
        errors: [{ path: 'name', code: 'required', message: 'give a name, here or in the imported document' }],
      });
    const key = document['key'];
    const workflow = await this.create.insert(principal, {
      name,
      key: request.key ?? (typeof key === 'string' && KEY.test(key) ? key : undefined),
      description: request.description ?? text(document['description'], MAX_DESCRIPTION),
      draft,
      action: 'workflow.imported',
      issues: issuesOf(await this.check.execute(principal, draft)),
    });
    return { workflow, report };
  }
}

function toDraft(definition: JsonObject): { draft: JsonObject; report: DefinitionIssue[] } {
  if (!isPythonForm(definition)) return { draft: definition, report: [] };
  const imported = importPythonDefinition(definition);
  const report = imported.report.map(({ step, field, level, message }) => ({
    path: step === undefined ? field : `${step}.${field}`,
    code: level,
    message,
    severity: level === 'lost' ? ('error' as const) : ('warning' as const),
  }));
  return { draft: imported.definition as unknown as JsonObject, report };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: JsonValue | undefined, limit: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  // eslint-disable-next-line no-control-regex -- what IsText refuses in a request
  return value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '').slice(0, limit) || undefined;
}
