import type { TaskRef } from '@rpa/contracts';
import type { DispatchEffect } from '@rpa/engine';
import type { LiveRun } from '../runs/live-run.js';

/**
 * `queued`: waits for capacity. `sent`: with a worker, or on its way. `doubtful`: a former owner may have sent it; the
 * workers' announcements decide. `closed`: nothing that comes for it counts.
 */
export type DeliveryState = 'queued' | 'sent' | 'doubtful' | 'closed';

/** One delivery of one attempt, while it is open. */
export interface Delivery {
  readonly run: LiveRun;
  readonly effect: DispatchEffect;
  readonly ref: TaskRef;
  state: DeliveryState;
  /** Hearing time (see {@link HearingClock}) of the last sign that a worker has it; of the verdict when doubtful. */
  heardAt: number;
  /** Epoch milliseconds; from hand-over on. */
  deadlineAt: number;
  worker: string | null;
}

/** Names an attempt among all runs. */
export function taskKey(ref: { executionId: string; path: string; attempt: number }): string {
  return `${ref.executionId} ${ref.path} ${ref.attempt}`;
}
