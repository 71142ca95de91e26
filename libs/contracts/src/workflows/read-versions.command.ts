import { IsInt, IsOptional, IsString, Matches, Min } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, JsonField } from '../messages/fields.js';
import { ListRequest } from '../messages/lists.js';
import type { JsonValue } from '../values/json.js';
import { VERSION_EXAMPLE, VersionView, WORKFLOW_EXAMPLE, type VersionSummary } from './workflow-view.js';

const { id } = WORKFLOW_EXAMPLE;
const { definition: _frozen, ...SUMMARY_EXAMPLE } = VERSION_EXAMPLE;

export class ListVersionsRequest extends ListRequest {
  @IsId()
  id!: string;
}

export class ListVersionsReply {
  @JsonField()
  data!: VersionSummary[];

  @JsonField()
  nextCursor!: string | null;
}

export const listVersions = defineCommand({
  subject: 'rpc.workflows.v1.version.list',
  owner: 'workflows',
  summary: 'List the versions of a workflow, newest first',
  access: { permission: 'workflows:read' },
  request: ListVersionsRequest,
  reply: ListVersionsReply,
  example: { request: { id }, reply: { data: [SUMMARY_EXAMPLE], nextCursor: null } },
});

export class GetVersionRequest {
  @IsId()
  id!: string;

  @IsInt()
  @Min(1)
  version!: number;
}

export const getVersion = defineCommand({
  subject: 'rpc.workflows.v1.version.get',
  owner: 'workflows',
  summary: 'Read one version',
  access: { permission: 'workflows:read' },
  request: GetVersionRequest,
  reply: VersionView,
  example: { request: { id, version: 1 }, reply: VERSION_EXAMPLE },
});

const NUMBER_OR_DRAFT = /^(draft|[1-9][0-9]{0,8})$/;

export class DiffVersionsRequest {
  @IsId()
  id!: string;

  /** A version number, or `draft`. */
  @IsString()
  @Matches(NUMBER_OR_DRAFT, { message: 'from must be a version number or draft' })
  from!: string;

  /** Absent: the draft. */
  @IsOptional()
  @IsString()
  @Matches(NUMBER_OR_DRAFT, { message: 'to must be a version number or draft' })
  to?: string;
}

/** A step by its path: the ids from the outermost container on, joined by dots. */
export interface StepRef {
  path: string;
  type: string;
}

export interface ValueChange {
  /** `config.url`, `settings.timeout`. */
  field: string;
  /** Null where it was absent. */
  before: JsonValue;
  after: JsonValue;
}

export class DiffVersionsReply {
  @JsonField()
  added!: StepRef[];

  @JsonField()
  removed!: StepRef[];

  @JsonField()
  changed!: (StepRef & { changes: ValueChange[] })[];

  /** Changes outside of the steps: inputs, variables, output, settings. */
  @JsonField()
  other!: ValueChange[];
}

/** Compares two versions step by step, whatever their order; layout does not count. */
export const diffVersions = defineCommand({
  subject: 'rpc.workflows.v1.version.diff',
  owner: 'workflows',
  summary: 'Compare two versions',
  access: { permission: 'workflows:read' },
  request: DiffVersionsRequest,
  reply: DiffVersionsReply,
  example: {
    request: { id, from: '1', to: 'draft' },
    reply: {
      added: [{ path: 'each.one', type: 'transform' }],
      removed: [],
      changed: [{ path: 'hello', type: 'log', changes: [{ field: 'config.message', before: 'Hello', after: 'Hi' }] }],
      other: [],
    },
  },
});
