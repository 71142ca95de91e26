import { v7 as newId } from 'uuid';
import type { InboxRow } from '../commit/append.js';
import { attemptKey, type ChildEnd, type RunIdentity } from './live-run.js';

/** What the run that started this one finds in its inbox; committed with the end. */
export function childEnded(
  { id, organizationId, parent }: Pick<RunIdentity, 'id' | 'organizationId' | 'parent'>,
  { status, output, error }: Pick<ChildEnd, 'status' | 'output' | 'error'>,
): InboxRow {
  if (!parent) throw new Error('The run has no parent.');
  const { path, attempt } = parent;
  const body: ChildEnd = { path, attempt, executionId: id, status, output, error };
  return {
    id: newId(),
    organizationId,
    executionId: parent.executionId,
    kind: 'child_ended',
    dedupeKey: `child_ended ${attemptKey(path, attempt)}`,
    body: JSON.stringify(body),
  };
}
