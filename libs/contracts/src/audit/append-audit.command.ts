import { ArrayMaxSize, ArrayNotEmpty, IsArray } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { JsonField } from '../messages/fields.js';
import { SERVICES } from '../principal/services.js';
import type { AuditEntry } from './audit-entry.js';

/** Entries of one delivery. */
export const AUDIT_BATCH = 200;

export class AppendAuditRequest {
  /** Oldest first, of any organizations. */
  @JsonField()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(AUDIT_BATCH)
  entries!: AuditEntry[];
}

export class AppendAuditReply {
  /** Ids that are in the log now, also those that were there before: their senders forget them. */
  @JsonField()
  kept!: string[];

  /** Ids that can never be kept, with the reason; their senders put them aside and say so. */
  @JsonField()
  refused!: { id: string; reason: string }[];
}

/** Sent by the relay of every service; the sender's name is taken from its signature. */
export const appendAudit = defineCommand({
  subject: 'rpc.auth.v1.audit.append',
  owner: 'auth',
  summary: 'Add to the audit log what has been committed',
  access: { services: SERVICES },
  audit: { none: 'It is the audit log.' },
  request: AppendAuditRequest,
  reply: AppendAuditReply,
  example: {
    request: {
      entries: [
        {
          id: '0198c1f0-0000-7000-8000-0000000000a1',
          organizationId: '0198c1f0-0000-7000-8000-000000000003',
          at: '2026-01-01T00:00:00.000Z',
          action: 'workflow.published',
          actor: { kind: 'user', id: '0198c1f0-0000-7000-8000-000000000004' },
          resource: { type: 'workflow', id: '0198c1f0-0000-7000-8000-000000000001', name: 'Orders' },
          after: { version: 3 },
          ip: '192.0.2.1',
        },
      ],
    },
    reply: { kept: ['0198c1f0-0000-7000-8000-0000000000a1'], refused: [] },
  },
  timeoutMs: 20_000,
});
