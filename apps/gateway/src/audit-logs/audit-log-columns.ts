import type { AuditRecordView } from '@rpa/contracts';
import type { Columns } from '../exports/download.js';

const json = (value: object | null): string => (value === null ? '' : JSON.stringify(value));

/** Columns of the audit log as CSV. */
export const AUDIT_LOG_COLUMNS: Columns<AuditRecordView> = {
  seq: ({ seq }) => seq,
  at: ({ at }) => at,
  service: ({ service }) => service,
  action: ({ action }) => action,
  actor_kind: ({ actor }) => actor.kind,
  actor_id: ({ actor }) => actor.id,
  actor_name: ({ actor }) => actor.name,
  resource_type: ({ resource }) => resource.type,
  resource_id: ({ resource }) => resource.id,
  resource_name: ({ resource }) => resource.name,
  before: ({ before }) => json(before),
  after: ({ after }) => json(after),
  ip: ({ ip }) => ip,
  user_agent: ({ userAgent }) => userAgent,
  trace_id: ({ traceId }) => traceId,
  request_id: ({ requestId }) => requestId,
  id: ({ id }) => id,
  hash: ({ hash }) => hash,
};
