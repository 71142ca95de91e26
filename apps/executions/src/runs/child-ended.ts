import type { Effect } from '@rpa/engine';
import { v7 as newId } from 'uuid';
import type { InboxRow } from '../commit/append.js';
import { attemptKey, type ChildEnd, type LiveRun, type RunIdentity } from './live-run.js';

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

/** What children find in their inbox that nobody waits for any more; committed with what cut them off. */
export function cancelledChildren({ identity }: LiveRun, effects: readonly Effect[]): InboxRow[] {
  return effects.flatMap((effect) =>
    effect.type === 'cancel_child' ? [cancelOf(identity.organizationId, effect.executionId)] : [],
  );
}

function cancelOf(organizationId: string, executionId: string): InboxRow {
  const body = JSON.stringify({ reason: 'the parent goes on without it' });
  return { id: newId(), organizationId, executionId, kind: 'cancel', dedupeKey: 'cancel', body };
}
