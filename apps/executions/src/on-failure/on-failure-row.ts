import type { ExecutionStatus, JournalRecord, JsonObject } from '@rpa/contracts';
import type { RunError } from '@rpa/engine';
import type { OnFailureRow } from '../commit/append.js';
import type { LiveRun } from '../runs/live-run.js';

/** Trigger type of what is started for a bad end; such a run does not start another one, or it might go on for ever. */
export const ON_FAILURE = 'on_failure';

interface BadEnd {
  status: ExecutionStatus;
  error: RunError | null;
  record: JournalRecord;
}

/** The workflow of `settings.onFailure`, to be started because of these records; committed with them. */
export function onFailureRow(run: LiveRun, { status, error, record }: BadEnd): OnFailureRow | undefined {
  const { start, startedAt } = run.state;
  const { plan, identity } = run;
  const workflowKey = plan.definition.settings?.onFailure?.workflow;
  if (workflowKey === undefined || start.test || start.trigger.type === ON_FAILURE) return undefined;
  const inputs = {
    executionId: run.id,
    status,
    error: error && { ...error },
    workflow: start.workflow,
    startedAt: new Date(startedAt).toISOString(),
    at: new Date(record.at).toISOString(),
  } satisfies JsonObject;
  return {
    organizationId: identity.organizationId,
    seq: record.seq,
    workflowKey,
    inputs: JSON.stringify(inputs),
    traceparent: identity.traceparent,
  };
}
