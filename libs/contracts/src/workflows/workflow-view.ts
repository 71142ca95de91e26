import { IsIn, IsInt, IsOptional, IsString } from 'class-validator';
import { IsId, JsonField } from '../messages/fields.js';
import type { Fault } from '../errors/app-error.js';
import type { JsonObject } from '../values/json.js';

/**
 * - `draft`: nothing is published; only test runs of the draft start.
 * - `published`: starts run the published version; the draft may be ahead of it.
 * - `archived`: out of use, nothing starts; publishing it again brings it back.
 */
export const WorkflowStatus = { Draft: 'draft', Published: 'published', Archived: 'archived' } as const;
export type WorkflowStatus = (typeof WorkflowStatus)[keyof typeof WorkflowStatus];
export const WORKFLOW_STATUSES = Object.values(WorkflowStatus);

/** Something to mend in a definition; an `error` keeps it from being published, a `warning` does not. */
export interface DefinitionIssue extends Fault {
  severity: 'error' | 'warning';
}

/** A workflow as lists show it. Times are RFC 3339 UTC with milliseconds. */
export class WorkflowSummary {
  @IsId()
  id!: string;

  @IsString()
  name!: string;

  /** How definitions and starts refer to it; unique in the organization. */
  @IsString()
  key!: string;

  @IsString()
  description!: string;

  @IsIn(WORKFLOW_STATUSES)
  status!: WorkflowStatus;

  /** Counts every change of the workflow or its draft; the `ETag`. */
  @IsInt()
  revision!: number;

  /** Version that starts run; null: none. */
  @JsonField()
  publishedVersion!: number | null;

  @IsString()
  createdAt!: string;

  @IsString()
  updatedAt!: string;
}

/** A workflow with its draft, as it was written. */
export class WorkflowView extends WorkflowSummary {
  @JsonField()
  definition!: JsonObject;

  /** What the check of the draft found; only in answers to commands that store one. */
  @IsOptional()
  @JsonField()
  issues?: DefinitionIssue[];
}

/** An immutable version. */
export class VersionSummary {
  @IsId()
  id!: string;

  @IsId()
  workflowId!: string;

  /** 1, 2, 3 ... within the workflow. */
  @IsInt()
  version!: number;

  /** SHA-256 of the canonical definition, hex; layout does not count. */
  @IsString()
  hash!: string;

  @JsonField()
  createdBy!: string | null;

  @IsString()
  createdAt!: string;
}

export class VersionView extends VersionSummary {
  /** Normalised: short forms resolved, `typeVersion` filled in. */
  @JsonField()
  definition!: JsonObject;
}

export const WORKFLOW_EXAMPLE: WorkflowView = {
  id: '0198c1f0-0000-7000-8000-000000000001',
  name: 'Orders',
  key: 'orders',
  description: '',
  status: 'draft',
  revision: 1,
  publishedVersion: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  definition: { format: 1, steps: [{ id: 'hello', type: 'log', config: { message: 'Hello' } }] },
};

export const VERSION_EXAMPLE: VersionView = {
  id: '0198c1f0-0000-7000-8000-000000000004',
  workflowId: WORKFLOW_EXAMPLE.id,
  version: 1,
  hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  createdBy: '0198c1f0-0000-7000-8000-000000000005',
  createdAt: '2026-01-01T00:00:00.000Z',
  definition: { format: 1, steps: [{ id: 'hello', type: 'log', typeVersion: 1, config: { message: 'Hello' } }] },
};
