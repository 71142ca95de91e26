import { IsBoolean, IsInt, IsOptional, Min } from 'class-validator';
import type { Fault } from '../errors/app-error.js';
import { defineCommand } from '../messages/define-command.js';
import { IsId, JsonField } from '../messages/fields.js';
import { ByIdRequest } from '../messages/lists.js';
import type { JsonObject } from '../values/json.js';
import { VERSION_EXAMPLE, VersionView, WORKFLOW_EXAMPLE, WorkflowView } from './workflow-view.js';

const { id } = WORKFLOW_EXAMPLE;

export class ValidateDefinitionRequest {
  @JsonField()
  definition!: JsonObject | string;
}

export class ValidateDefinitionReply {
  @IsBoolean()
  valid!: boolean;

  @JsonField()
  errors!: Fault[];

  @JsonField()
  warnings!: Fault[];
}

/** Checks a definition like a publish would, and stores nothing. */
export const validateWorkflow = defineCommand({
  subject: 'rpc.workflows.v1.definition.validate',
  owner: 'workflows',
  summary: 'Check a definition',
  access: { permission: 'workflows:read' },
  request: ValidateDefinitionRequest,
  reply: ValidateDefinitionReply,
  timeoutMs: 30_000,
  example: {
    request: { definition: { format: 1, steps: [{ id: 'one', type: 'unknown' }] } },
    reply: {
      valid: false,
      errors: [{ path: 'steps[0].type', code: 'unknown_step_type', message: "There is no step type 'unknown'" }],
      warnings: [],
    },
  },
});

export class PublishWorkflowRequest {
  @IsId()
  id!: string;

  /** Publish only this revision of the draft; another one is `stale`. */
  @IsOptional()
  @IsInt()
  @Min(1)
  revision?: number;
}

/**
 * Freezes the draft as the next version and lets starts run it. A draft that equals the newest or the published version
 * publishes that one again. Fails with `definition_invalid` and every fault at once.
 */
export const publishWorkflow = defineCommand({
  subject: 'rpc.workflows.v1.workflow.publish',
  owner: 'workflows',
  summary: 'Publish the draft',
  access: { permission: 'workflows:publish' },
  audit: 'workflow.published',
  request: PublishWorkflowRequest,
  reply: VersionView,
  timeoutMs: 30_000,
  example: { request: { id }, reply: VERSION_EXAMPLE },
});

/** Nothing starts any more until it is published again; runs go on. */
export const unpublishWorkflow = defineCommand({
  subject: 'rpc.workflows.v1.workflow.unpublish',
  owner: 'workflows',
  summary: 'Take the published version back',
  access: { permission: 'workflows:publish' },
  audit: 'workflow.unpublished',
  request: ByIdRequest,
  reply: WorkflowView,
  example: { request: { id }, reply: WORKFLOW_EXAMPLE },
});

export const archiveWorkflow = defineCommand({
  subject: 'rpc.workflows.v1.workflow.archive',
  owner: 'workflows',
  summary: 'Put a workflow out of use',
  access: { permission: 'workflows:publish' },
  audit: 'workflow.archived',
  request: ByIdRequest,
  reply: WorkflowView,
  example: { request: { id }, reply: { ...WORKFLOW_EXAMPLE, status: 'archived' } },
});

export class RollbackWorkflowRequest {
  @IsId()
  id!: string;

  @IsInt()
  @Min(1)
  version!: number;
}

/** Publishes an earlier version again and makes it the draft; no version is added. */
export const rollbackWorkflow = defineCommand({
  subject: 'rpc.workflows.v1.workflow.rollback',
  owner: 'workflows',
  summary: 'Go back to an earlier version',
  access: { permission: 'workflows:publish' },
  audit: 'workflow.rolled_back',
  request: RollbackWorkflowRequest,
  reply: WorkflowView,
  example: {
    request: { id, version: 1 },
    reply: { ...WORKFLOW_EXAMPLE, status: 'published', publishedVersion: 1, revision: 3 },
  },
});
