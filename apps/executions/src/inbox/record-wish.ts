import type { Audit, AuditDraft } from '@rpa/platform';
import type { InboxRow } from '../commit/append.js';

const ACTIONS: Readonly<Record<string, string>> = {
  cancel: 'execution.cancel_requested',
  pause: 'execution.pause_requested',
  resume: 'execution.resume_requested',
  signal: 'execution.signalled',
  decision: 'step.decided',
};
/** Of a wish's body; a payload or an output may hold anything and stays out. */
const TOLD = ['reason', 'name', 'path', 'decision'];

/** What the audit log says of a wish that somebody has about a run; null where nobody asked for it. */
export function recordWish(audit: Audit, row: InboxRow): AuditDraft | null {
  const action = ACTIONS[row.kind];
  if (action === undefined || !audit.isDue) return null;
  const body = JSON.parse(row.body) as Record<string, unknown>;
  const after = Object.fromEntries(TOLD.flatMap((name) => (name in body ? [[name, body[name]]] : [])));
  const resource = { type: 'execution', id: row.executionId };
  return audit.draft({ action, resource, organizationId: row.organizationId, after });
}
