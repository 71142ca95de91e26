import { Injectable } from '@nestjs/common';
import type { ImportWorkflowReply, ImportWorkflowRequest, JsonObject, JsonValue, Principal } from '@rpa/contracts';
import { AppError } from '@rpa/contracts';
import { CheckDefinition, issuesOf } from '../definition/check-definition.js';
import { parseDefinition } from '../definition/parse-definition.js';
import { CreateWorkflow } from './create-workflow.js';

const KEY = /^[a-z][a-z0-9_-]{0,63}$/;
const MAX_NAME = 200;
const MAX_DESCRIPTION = 5_000;

/** Takes in what an export wrote, or a bare definition; faults stay in the draft and are answered. */
@Injectable()
export class ImportWorkflow {
  constructor(
    private readonly check: CheckDefinition,
    private readonly create: CreateWorkflow,
  ) {}

  async execute(principal: Principal | null, request: ImportWorkflowRequest): Promise<ImportWorkflowReply> {
    const document = parseDefinition(request.definition);
    const wrapped = isObject(document['definition']) ? document : null;
    const draft = wrapped ? parseDefinition(wrapped['definition']) : document;
    const name = request.name ?? text(wrapped?.['name'], MAX_NAME);
    if (!name)
      throw new AppError('validation_failed', 'The workflow has no name.', {
        errors: [{ path: 'name', code: 'required', message: 'give a name, here or in the imported document' }],
      });
    const ownKey = wrapped?.['key'];
    const key = request.key ?? (typeof ownKey === 'string' && KEY.test(ownKey) ? ownKey : undefined);
    const workflow = await this.create.insert(principal, {
      name,
      key,
      description: request.description ?? text(wrapped?.['description'], MAX_DESCRIPTION),
      draft,
      issues: issuesOf(await this.check.execute(principal, draft)),
    });
    return { workflow, report: [] };
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: JsonValue | undefined, limit: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  // eslint-disable-next-line no-control-regex -- what IsText refuses in a request
  return value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '').slice(0, limit) || undefined;
}
