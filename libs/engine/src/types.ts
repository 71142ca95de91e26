import type {
  ExecutionStatus,
  JournalRecord,
  JsonObject,
  JsonValue,
  SideEffect,
  StepError,
  StepStatus,
} from '@rpa/contracts';

/** Everything a run is started with; all of it is journaled in `execution_started`. `at` is epoch milliseconds. */
export interface StartInput {
  executionId: string;
  organizationId: string;
  at: number;
  workflow: { id: string; key: string; name: string; version: number };
  inputs: JsonObject;
  trigger: { type: string; id?: string; payload?: JsonValue; headers?: { [name: string]: string } };
  /** Environment variables of the organization, read as `env`. */
  env?: JsonObject;
  test?: boolean;
  priority?: number;
  /** Set when somebody waits for the answer of `respond`. */
  hasWaiter?: boolean;
  /** Epoch milliseconds: a `respond` after that has nobody to answer any more. */
  waiterUntil?: number;
  parent?: { executionId: string; path: string };
  /** How many sub-workflows deep this run is; 0 for a top-level run. */
  depth?: number;
  rerunOf?: string;
  /** What steps give without being run, by path: the pinned outputs of a test run. */
  adopt?: { path: string; status: StepStatus; output?: JsonValue; error?: StepError | null; attempt?: number }[];
  /** Former run whose settled steps are taken over; each is asked for when its turn comes (effect `adopt`). */
  adoptFrom?: string;
  /** Test run: only this step of the top level and what leads to it. Its output is the run's. */
  until?: string;
  /** Test run: this step of the top level alone; `adopt` says what the others would have given. */
  only?: string;
  /** W3C trace context of the start, handed on to every step. */
  traceparent?: string;
}

/** What happens to a run from outside. `at` is epoch milliseconds, given by the host; the reducer has no clock. */
export type RunEvent =
  | { type: 'step_result'; at: number; path: string; attempt: number; outcome: StepOutcome }
  /** A worker asks to begin a step of class `once`; granted after the record is durable. */
  | { type: 'step_start_requested'; at: number; path: string; attempt: number; worker: string }
  /** The delivery is known to be gone: its worker died or does not have it, or the owner moved and nobody announced it. */
  | {
      type: 'delivery_lost';
      at: number;
      path: string;
      attempt: number;
      delivery: number;
      reason: 'worker_died' | 'task_lost' | 'owner_moved';
      /** The worker died with other tasks too: any of them may be the cause. */
      shared?: boolean;
    }
  /** The attempt's own time limit, kept by the host from hand-over on, has passed. */
  | { type: 'deadline_passed'; at: number; path: string; attempt: number }
  | { type: 'timer_fired'; at: number; timer: string }
  | { type: 'signal_received'; at: number; id: string; name: string; payload: JsonValue }
  | { type: 'approval_decided'; at: number; path: string; decision: string; by?: string; data?: JsonValue }
  | { type: 'child_started'; at: number; path: string; attempt: number; executionId: string }
  | {
      type: 'child_ended';
      at: number;
      path: string;
      attempt: number;
      executionId: string;
      status: ExecutionStatus;
      output: JsonValue;
      error?: StepError | null;
    }
  | { type: 'cancel_requested'; at: number; by?: string; reason?: string }
  | { type: 'pause_requested'; at: number; by?: string }
  | { type: 'resume_requested'; at: number; by?: string }
  | {
      type: 'decision_made';
      at: number;
      path: string;
      decision: 'retry' | 'complete' | 'skip';
      output?: JsonValue;
      by?: string;
    }
  /** What the former run of a rerun gives for these paths, null where it gives nothing; in memory until it is taken. */
  | { type: 'adoptions_loaded'; at: number; adoptions: { [path: string]: Adoption | null } }
  /** Contents of file references that an expression wanted to read (effect `load`); kept in memory, never journaled. */
  | {
      type: 'values_loaded';
      at: number;
      values: { [fileId: string]: JsonValue };
      /** Files that cannot be read: what needs one fails with this. */
      faults?: { [fileId: string]: { code: string; message: string } };
    }
  /** More inline work is left than one commit should hold (effect `continue`). */
  | { type: 'continue'; at: number };

/** What a former run did for a step. */
export type Adoption =
  | { kind: 'settled'; status: StepStatus; output?: JsonValue; error?: StepError | null; attempt?: number }
  /** A container that it began but did not end: data of its `iterations_planned`. */
  | { kind: 'planned'; data: JsonObject }
  /** The run of a sub-workflow that did not complete. */
  | { kind: 'child'; executionId: string }
  /** It did something, but its journal is not kept any more. */
  | { kind: 'gone' };

export type StepOutcome = { status: 'completed'; output: JsonValue } | { status: 'failed'; error: StepError };

/**
 * What the host has to do, each only after the records of the same transition are durable. The effects that are
 * pending follow from the state alone ({@link pendingEffects}), so that a new owner can take them up.
 */
export type Effect =
  | DispatchEffect
  /** Tell the worker that runs this attempt to stop; whatever it answers later is refused. */
  | { type: 'abort'; path: string; attempt: number }
  /** Answer to `step_start_requested`. */
  | { type: 'grant'; path: string; attempt: number; worker: string; granted: boolean }
  | { type: 'set_timer'; timer: string; dueAt: number }
  | { type: 'clear_timer'; timer: string }
  /** `key` is stable: starting the same child twice gives the same execution. */
  | {
      type: 'start_child';
      path: string;
      attempt: number;
      key: string;
      workflow: string;
      version: 'latest' | number;
      inputs: JsonObject;
      depth: number;
      priority: number;
      /** Child of the former run: its settled steps are taken over. */
      formerChild?: string;
    }
  | { type: 'cancel_child'; path: string; executionId: string }
  | { type: 'request_approval'; path: string; config: JsonObject; expiresAt?: number }
  /** Nobody can decide any more. `decision` is the one that was made, or the default of an approval that expired. */
  | { type: 'close_approval'; path: string; status: 'decided' | 'expired' | 'cancelled'; decision: string | null }
  | { type: 'respond'; status: number; headers: { [name: string]: string }; body: JsonValue }
  | { type: 'log'; path: string; level: 'debug' | 'info' | 'warn' | 'error'; message: string }
  | { type: 'load'; fileIds: string[] }
  /** Look up what the former run gave for these steps; answered with `adoptions_loaded`, in as many parts as suits. */
  | { type: 'adopt'; paths: string[] }
  | { type: 'continue' }
  | { type: 'decision_required'; path: string; reason: string }
  /** The run has reached its terminal state. */
  | { type: 'end'; status: ExecutionStatus; output: JsonValue; error: RunError | null };

export interface DispatchEffect {
  type: 'dispatch';
  path: string;
  stepId: string;
  attempt: number;
  /** Counted in the journal before it is sent; 1 for the first delivery of an attempt. */
  delivery: number;
  stepType: string;
  typeVersion: number;
  pool: string;
  /** Evaluated config. */
  config: JsonObject;
  /** Key of the credential that the step may use. */
  credential?: string;
  /** Workers that died with this attempt; absent: none. */
  crashes?: number;
  /** Limit of one attempt in milliseconds, counted by the host from hand-over to a worker. */
  timeoutMs: number;
  sideEffect: SideEffect;
  /** `<executionId>:<path>`, the same for every attempt and delivery. */
  idempotencyKey: string;
  priority: number;
  /** The worker that was granted the start of this attempt (steps of class `once` only). */
  worker?: string;
}

export interface RunError {
  code: string;
  message: string;
  stepPath?: string;
}

/** Result of starting a run or of applying one event. `state` is the object that was handed in, changed in place. */
export interface Transition {
  state: RunState;
  records: JournalRecord[];
  effects: Effect[];
}

/** What the host may read of a run's state; everything else is the engine's own. */
export interface RunState {
  readonly executionId: string;
  /** What it was started with. */
  readonly start: StartInput;
  readonly status: ExecutionStatus;
  /** Of the last record. */
  readonly seq: number;
  readonly startedAt: number;
  readonly progress: { settled: number; total: number };
}
