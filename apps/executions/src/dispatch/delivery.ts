import type { TaskRef } from '@rpa/contracts';
import type { DispatchEffect } from '@rpa/engine';
import type { LiveRun } from '../runs/live-run.js';
import type { KnownWorker } from './known-worker.js';

/** One death may be anybody's fault; who was there twice is watched. */
export const SUSPECT_AFTER_CRASHES = 2;

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
  /** See {@link taskKey}. */
  readonly key: string;
  state: DeliveryState;
  /** Hearing time (see {@link HearingClock}) of the last sign that a worker has it; of the verdict when doubtful. */
  heardAt: number;
  /** Epoch milliseconds; from hand-over on. */
  deadlineAt: number;
  /** The worker that it was sent to, or that says that it has it. */
  holder: KnownWorker | null;
  /** Which worker has it was decided by the queue group. */
  viaGroup: boolean;
  /** Sent with the wish that nothing runs beside it. */
  alone: boolean;
}

/** Names an attempt among all runs. */
export function taskKey(ref: { executionId: string; path: string; attempt: number }): string {
  return `${ref.executionId} ${ref.path} ${ref.attempt}`;
}
