import type { JsonObject, JsonValue } from '../values/json.js';
import type { StepError } from '../steps/step-type.js';
import type { SideEffect } from '../steps/step-type.js';

/**
 * The life of a step on the wire. All of it is plain JSON over core NATS, so that a worker can be written in any language.
 *
 * 1. A worker announces itself on `task.announce` when it starts, once a second, and when its free capacity changes much.
 * 2. The owner of a run sends a {@link StepTask} as a request: to `task.worker.<workerId>.task` where the worker says that it
 *    is `addressed`, else to `task.direct.<pool>.<type>` (queue group `workers`). No responder, or a {@link TaskBusy} reply: the task stays with its owner and is sent again when there is capacity.
 * 3. The worker answers that request once, with a {@link TaskResult}. While it works it lists the task in its announcements;
 *    an owner that hears nothing of a delivery for {@link DELIVERY_SILENCE_MS} counts it as lost.
 * 4. The owner commits the result and then acknowledges it on `task.worker.<workerId>` ({@link WorkerControl}). A worker
 *    keeps each result until then; unacknowledged for {@link RESULT_RETRY_MS} it goes to `rpc.executions.v1.result.report`,
 *    which any replica answers, and is repeated with growing pauses.
 */
export interface StepTask {
  executionId: string;
  organizationId: string;
  path: string;
  attempt: number;
  /** Counts the deliveries of this attempt from 1; committed before the task is sent. */
  delivery: number;
  /** Replica that sent the task: where announcements refer to. */
  owner: string;
  type: string;
  typeVersion: number;
  config: JsonObject;
  /** Signed permission to fetch one credential for this attempt from the vault. */
  credentialGrant?: string;
  /** Milliseconds that the attempt may take from now on. */
  timeoutMs: number;
  /**
   * Workers died with this step among others: run nothing beside it, so that the next death has one cause. A worker that is
   * not idle answers busy and takes nothing else for {@link ALONE_RESERVE_MS}, by when it is asked again.
   */
  alone?: true;
  sideEffect: SideEffect;
  /** `<executionId>:<path>`, the same for every attempt and delivery. */
  idempotencyKey: string;
}

/** Names one delivery of one attempt. */
export interface TaskRef {
  executionId: string;
  path: string;
  attempt: number;
  delivery: number;
}

export interface TaskResult extends TaskRef {
  organizationId: string;
  worker: string;
  outcome: { status: 'completed'; output: JsonValue } | { status: 'failed'; error: StepError };
  /** Milliseconds that the step ran. */
  tookMs: number;
  logs?: TaskLog[];
}

export interface TaskLog {
  /** Epoch milliseconds. */
  at: number;
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
}

/** Answer of a worker without capacity: nothing was started. */
export interface TaskBusy {
  busy: true;
  worker: string;
}

export interface WorkerAnnouncement {
  worker: string;
  pool: string;
  /** Step types that it runs. */
  types: string[];
  /** Tasks that it runs at once, and how many more it would take now. */
  capacity: number;
  free: number;
  /** Every task that it runs or whose result is not acknowledged yet, by the replica that sent it. */
  running: { [owner: string]: TaskRef[] };
  /**
   * It hears `task.worker.<worker>.task`. Owners then choose it by its free capacity and leave it out as soon as it is
   * silent; a worker without this shares its tasks with all others of the queue group.
   */
  addressed?: true;
  /** It finishes what it has and takes nothing new. */
  draining?: true;
  /** `running` was too long for one message: it goes on from the message before, and adds to it. */
  continued?: true;
}

/** Sent by owners to one worker. */
export type WorkerControl = { kind: 'ack'; tasks: TaskRef[] } | { kind: 'abort'; task: TaskRef };

export const ANNOUNCE_INTERVAL_MS = 500;
export const DELIVERY_SILENCE_MS = 2_000;
export const RESULT_RETRY_MS = 1_000;
/** Tasks that a busy worker has refused are tried again after this at the latest. */
export const BUSY_RETRY_MS = 100;

/** How long a worker keeps itself free for a task that wants to be alone. */
export const ALONE_RESERVE_MS = 2_000;

export const TASK_SUBJECTS = {
  direct: (pool: string, type: string): string => `task.direct.${pool}.${type}`,
  announce: 'task.announce',
  worker: (workerId: string): string => `task.worker.${workerId}`,
  addressed: (workerId: string): string => `task.worker.${workerId}.task`,
  workerQueue: 'workers',
} as const;
