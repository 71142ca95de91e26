import { IsInt, IsOptional, IsString, MaxLength, Min, MinLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsText, JsonField } from '../messages/fields.js';
import { ByIdRequest, DoneReply } from '../messages/lists.js';
import type { JsonObject } from '../values/json.js';
import { WORKFLOW_EXAMPLE, WorkflowView } from './workflow-view.js';

const { id } = WORKFLOW_EXAMPLE;

export class UpdateWorkflowRequest {
  @IsId()
  id!: string;

  /** Revision that the change builds on; another one is `stale`. */
  @IsInt()
  @Min(1)
  revision!: number;

  @IsOptional()
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(200)
  name?: string;

  @IsOptional()
  @IsString()
  @IsText()
  @MaxLength(5_000)
  description?: string;

  /** New draft; must be fit to publish. */
  @IsOptional()
  @JsonField()
  definition?: JsonObject | string;
}

export const updateWorkflow = defineCommand({
  subject: 'rpc.workflows.v1.workflow.update',
  owner: 'workflows',
  summary: 'Change the name, the description or the draft',
  access: { permission: 'workflows:write' },
  audit: 'workflow.updated',
  request: UpdateWorkflowRequest,
  reply: WorkflowView,
  timeoutMs: 30_000,
  example: { request: { id, revision: 1, name: 'Orders' }, reply: { ...WORKFLOW_EXAMPLE, revision: 2 } },
});

export class SaveDraftRequest {
  @IsId()
  id!: string;

  @IsInt()
  @Min(1)
  revision!: number;

  /** Any object, YAML or JSON text within the limits, finished or not. */
  @JsonField()
  definition!: JsonObject | string;
}

/** Stores whatever stands in the editor; `issues` says what is left to mend. */
export const saveDraft = defineCommand({
  subject: 'rpc.workflows.v1.draft.save',
  owner: 'workflows',
  summary: 'Save a draft, finished or not',
  access: { permission: 'workflows:write' },
  audit: 'workflow.draft_saved',
  request: SaveDraftRequest,
  reply: WorkflowView,
  timeoutMs: 30_000,
  example: {
    request: { id, revision: 1, definition: WORKFLOW_EXAMPLE.definition },
    reply: { ...WORKFLOW_EXAMPLE, revision: 2, issues: [] },
  },
});

/** Soft: restoring undoes it. Versions stay, runs go on. */
export const deleteWorkflow = defineCommand({
  subject: 'rpc.workflows.v1.workflow.delete',
  owner: 'workflows',
  summary: 'Delete a workflow',
  access: { permission: 'workflows:delete' },
  audit: 'workflow.deleted',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id }, reply: {} },
});

export const restoreWorkflow = defineCommand({
  subject: 'rpc.workflows.v1.workflow.restore',
  owner: 'workflows',
  summary: 'Restore a deleted workflow',
  access: { permission: 'workflows:delete' },
  audit: 'workflow.restored',
  request: ByIdRequest,
  reply: WorkflowView,
  example: { request: { id }, reply: WORKFLOW_EXAMPLE },
});
