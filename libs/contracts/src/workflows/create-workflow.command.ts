import { IsBoolean, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsKey, IsText, JsonField } from '../messages/fields.js';
import type { JsonObject } from '../values/json.js';
import { WORKFLOW_EXAMPLE, WorkflowView, type DefinitionIssue } from './workflow-view.js';

export class CreateWorkflowRequest {
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(200)
  name!: string;

  /** Absent: made from the name. */
  @IsOptional()
  @IsKey()
  key?: string;

  @IsOptional()
  @IsString()
  @IsText()
  @MaxLength(5_000)
  description?: string;

  /** An object, or YAML or JSON as text. At most 5 MiB and 10,000 steps. */
  @JsonField()
  definition!: JsonObject | string;

  /** Store it with its faults; without it the definition must be fit to publish. */
  @IsOptional()
  @IsBoolean()
  draft?: boolean;
}

/** Creates a workflow with a draft; publishing it is another step. Fails with `definition_invalid` and every fault at once. */
export const createWorkflow = defineCommand({
  subject: 'rpc.workflows.v1.workflow.create',
  owner: 'workflows',
  summary: 'Create a workflow',
  access: { permission: 'workflows:write' },
  audit: 'workflow.created',
  request: CreateWorkflowRequest,
  reply: WorkflowView,
  idempotent: true,
  timeoutMs: 30_000,
  example: {
    request: { name: 'Orders', definition: WORKFLOW_EXAMPLE.definition },
    reply: { ...WORKFLOW_EXAMPLE, issues: [] },
  },
});

export class CloneWorkflowRequest {
  @IsId()
  id!: string;

  /** Absent: the name of the original with ` (copy)`. */
  @IsOptional()
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(200)
  name?: string;

  @IsOptional()
  @IsKey()
  key?: string;
}

export const cloneWorkflow = defineCommand({
  subject: 'rpc.workflows.v1.workflow.clone',
  owner: 'workflows',
  summary: 'Copy the draft of a workflow into a new one',
  access: { permission: 'workflows:write' },
  audit: 'workflow.cloned',
  request: CloneWorkflowRequest,
  reply: WorkflowView,
  idempotent: true,
  example: {
    request: { id: WORKFLOW_EXAMPLE.id },
    reply: { ...WORKFLOW_EXAMPLE, name: 'Orders (copy)', key: 'orders-copy' },
  },
});

export class ImportWorkflowRequest {
  /** Absent: the name that stands in the imported document. */
  @IsOptional()
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(200)
  name?: string;

  @IsOptional()
  @IsKey()
  key?: string;

  @IsOptional()
  @IsString()
  @IsText()
  @MaxLength(5_000)
  description?: string;

  /** A definition as object, YAML or JSON text: format 1, or the form of the Python original. */
  @JsonField()
  definition!: JsonObject | string;
}

export class ImportWorkflowReply {
  @JsonField()
  workflow!: WorkflowView;

  /** What was changed on the way and what could not be mapped; empty for format 1. */
  @JsonField()
  report!: DefinitionIssue[];
}

/** Stores what an export gave as the draft of a new workflow; faults do not keep it out, `workflow.issues` names them. */
export const importWorkflow = defineCommand({
  subject: 'rpc.workflows.v1.workflow.import',
  owner: 'workflows',
  summary: 'Import a workflow as a draft',
  access: { permission: 'workflows:write' },
  audit: 'workflow.imported',
  request: ImportWorkflowRequest,
  reply: ImportWorkflowReply,
  idempotent: true,
  timeoutMs: 30_000,
  example: {
    request: {
      name: 'Orders',
      definition: 'format: 1\nsteps:\n  - { id: hello, type: log, config: { message: Hello } }\n',
    },
    reply: { workflow: { ...WORKFLOW_EXAMPLE, issues: [] }, report: [] },
  },
});
