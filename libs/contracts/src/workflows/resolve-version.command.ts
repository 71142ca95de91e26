import { IsBoolean, IsInt, IsOptional, IsString, ValidateIf } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsKey, JsonField } from '../messages/fields.js';
import type { StepTypeDescriptor } from '../steps/step-type.js';
import type { JsonObject } from '../values/json.js';

export class ResolveVersionRequest {
  @ValidateIf((request: ResolveVersionRequest) => request.workflowKey === undefined)
  @IsId()
  workflowId?: string;

  @IsOptional()
  @IsKey()
  workflowKey?: string;

  /** A number, or `draft`; absent: the published version. */
  @IsOptional()
  @JsonField()
  version?: number | 'draft';
}

/** Which immutable content a start would run now. */
export class ResolveVersionReply {
  @IsId()
  workflowId!: string;

  @IsString()
  workflowKey!: string;

  @IsString()
  workflowName!: string;

  /** Id of the content: of the version's row, or of a copy kept of the draft. Never changes its meaning. */
  @IsId()
  versionId!: string;

  /** 0 for a draft. */
  @IsInt()
  version!: number;

  @IsBoolean()
  draft!: boolean;
}

/**
 * Resolves what a start runs. Cheap and asked at every start (callers share one answer among starts that wait for it),
 * so that a publish counts for the very next start. Fails with `not_found` or `workflow_not_published`.
 */
export const resolveVersion = defineCommand({
  subject: 'rpc.workflows.v1.version.resolve',
  owner: 'workflows',
  summary: 'Find the version that a start runs',
  access: { services: ['executions', 'triggers'] },
  request: ResolveVersionRequest,
  reply: ResolveVersionReply,
  example: {
    request: { workflowId: '0198c1f0-0000-7000-8000-000000000001' },
    reply: {
      workflowId: '0198c1f0-0000-7000-8000-000000000001',
      workflowKey: 'orders',
      workflowName: 'Orders',
      versionId: '0198c1f0-0000-7000-8000-000000000004',
      version: 1,
      draft: false,
    },
  },
});

export class LoadVersionRequest {
  @IsId()
  versionId!: string;
}

export class LoadVersionReply {
  @IsId()
  versionId!: string;

  @IsId()
  workflowId!: string;

  /** Normalised definition: short forms resolved, `typeVersion` filled in. */
  @JsonField()
  definition!: JsonObject;

  /** The step types that it uses, as they were when the version was made. */
  @JsonField()
  stepTypes!: StepTypeDescriptor[];
}

/** Loads immutable content by its id; callers may keep it for ever. */
export const loadVersion = defineCommand({
  subject: 'rpc.workflows.v1.version.load',
  owner: 'workflows',
  summary: 'Load the content of a version',
  access: { services: ['executions'] },
  request: LoadVersionRequest,
  reply: LoadVersionReply,
  example: {
    request: { versionId: '0198c1f0-0000-7000-8000-000000000004' },
    reply: {
      versionId: '0198c1f0-0000-7000-8000-000000000004',
      workflowId: '0198c1f0-0000-7000-8000-000000000001',
      definition: { format: 1, steps: [] },
      stepTypes: [],
    },
  },
});
