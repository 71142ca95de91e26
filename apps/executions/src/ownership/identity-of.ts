import type { RunIdentity } from '../runs/live-run.js';
import type { ClaimedRun } from './runs.repository.js';

/** What a claimed row says about its run. */
export function identityOf(row: ClaimedRun): RunIdentity {
  const { id, organizationId, workflowId, versionId, traceparent, waitReply, slot } = row;
  const { parentId, parentPath, parentAttempt } = row;
  const parent =
    parentId !== null && parentPath !== null && parentAttempt !== null
      ? { executionId: parentId, path: parentPath, attempt: parentAttempt }
      : null;
  return { id, organizationId, workflowId, versionId, traceparent, waitReply, parent, slot };
}
