import { IsIn, IsInt, IsISO8601, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsText, JsonField } from '../messages/fields.js';
import { SERVICES, type ServiceName } from '../principal/services.js';
import type { AuditRecordView } from './audit-entry.js';

export class ListAuditRecordsRequest {
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit?: number;

  /** `nextCursor` of the page before. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  cursor?: string;

  /** Newest first unless `asc`. */
  @IsOptional()
  @IsIn(['asc', 'desc'])
  sort?: 'asc' | 'desc';

  /** One action, `workflow.published`, or all of a noun: `workflow.*`. */
  @IsOptional()
  @Matches(/^[a-z][a-z_]*(\.[a-z][a-z_]*){0,3}(\.\*)?$/, { message: 'action is like workflow.published or workflow.*' })
  @MaxLength(100)
  action?: string;

  /** Id of the user or API key, or name of the service. */
  @IsOptional()
  @IsString()
  @IsText()
  @MaxLength(100)
  actorId?: string;

  @IsOptional()
  @Matches(/^[a-z][a-z_]*$/)
  @MaxLength(64)
  resourceType?: string;

  @IsOptional()
  @IsString()
  @IsText()
  @MaxLength(200)
  resourceId?: string;

  @IsOptional()
  @IsIn(SERVICES)
  service?: ServiceName;

  /** Not before this moment. */
  @IsOptional()
  @IsISO8601({ strict: true })
  from?: string;

  /** Before this moment. */
  @IsOptional()
  @IsISO8601({ strict: true })
  to?: string;
}

export class ListAuditRecordsReply {
  @JsonField()
  data!: AuditRecordView[];

  @JsonField()
  nextCursor!: string | null;
}

const EXAMPLE: AuditRecordView = {
  seq: 12,
  id: '0198c1f0-0000-7000-8000-0000000000a1',
  at: '2026-01-01T00:00:00.000Z',
  service: 'workflows',
  action: 'workflow.published',
  actor: { kind: 'user', id: '0198c1f0-0000-7000-8000-000000000004' },
  resource: { type: 'workflow', id: '0198c1f0-0000-7000-8000-000000000001', name: 'Orders' },
  before: null,
  after: { version: 3 },
  ip: '192.0.2.1',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  hash: 'xQk0mXn6o0b6bqZcL0c9L8l8m6oXo3nq1q1Z0c9p0eE',
};

export const listAuditRecords = defineCommand({
  subject: 'rpc.auth.v1.audit.list',
  owner: 'auth',
  summary: 'Who did what, newest first',
  access: { permission: 'audit:read' },
  request: ListAuditRecordsRequest,
  reply: ListAuditRecordsReply,
  example: { request: { action: 'workflow.*', limit: 50 }, reply: { data: [EXAMPLE], nextCursor: null } },
});

export class VerifyAuditRequest {
  /** Where to begin, for a log that was too long for one call: `next` of the answer before. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  from?: number;

  /** `anchor` of a former answer, kept outside: proves that the log still holds what it held then. */
  @IsOptional()
  @IsString()
  @Matches(/^\d{1,15}\.[A-Za-z0-9_-]{43}$/, { message: 'anchor is not one that a verification gave' })
  anchor?: string;
}

export const AUDIT_FAULTS = ['changed', 'missing', 'truncated', 'added', 'head', 'anchor'] as const;

export interface AuditFault {
  /** Record that it was found at. */
  seq: number;
  /** changed: content, order or place; missing: no such record; truncated: the end is gone; added: beyond the end. */
  kind: (typeof AUDIT_FAULTS)[number];
  message: string;
}

export class VerifyAuditReply {
  @JsonField()
  valid!: boolean;

  /** Records that were looked at. */
  @IsInt()
  checked!: number;

  /** Records that the chain has. */
  @IsInt()
  total!: number;

  /** The first faults, 20 at most. */
  @JsonField()
  faults!: AuditFault[];

  /** End of the chain as it is now. Whoever keeps it elsewhere can later prove that nothing before it was cut off. */
  @IsString()
  anchor!: string;

  /** Where to go on with `from`; null when all was looked at. */
  @JsonField()
  next!: number | null;
}

export const verifyAudit = defineCommand({
  subject: 'rpc.auth.v1.audit.verify',
  owner: 'auth',
  summary: 'Check the whole audit log for edits, deletions, swaps and cuts',
  access: { permission: 'audit:read' },
  request: VerifyAuditRequest,
  reply: VerifyAuditReply,
  example: {
    request: {},
    reply: {
      valid: true,
      checked: 12,
      total: 12,
      faults: [],
      anchor: '12.xQk0mXn6o0b6bqZcL0c9L8l8m6oXo3nq1q1Z0c9p0eE',
      next: null,
    },
  },
  timeoutMs: 40_000,
});
