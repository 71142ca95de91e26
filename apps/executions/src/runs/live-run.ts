import type { ExecutionStatus, JsonValue, StepResponse } from '@rpa/contracts';
import type { Plan, RunEvent, RunState, Transition } from '@rpa/engine';
import type { Delivery } from '../dispatch/delivery.js';
import { laneOf } from '../commit/group-commit.js';
import type { TimerEntry } from './run-timers.js';
import type { Witness } from './witness.js';

/** What stays the same for the whole life of a run. */
export interface RunIdentity {
  id: string;
  organizationId: string;
  workflowId: string;
  versionId: string;
  traceparent: string | null;
  /** Replica where somebody waits for the end. */
  waitReply: string | null;
  parent: { executionId: string; path: string; attempt: number } | null;
  /** Lane of flow control of which it holds a slot. */
  slot: string | null;
}

/** Something that happened to a run, waiting for its turn. */
export interface Stimulus {
  event: RunEvent;
  /** Instead of the event: the beginning of a run whose row was there before. */
  first?: Transition;
  /** Row that it came from; deleted with the commit of what it caused. */
  inboxId?: string;
  /** Called when what it caused is durable, or when it is known to cause nothing. */
  settled?: () => void;
}

/** One run in memory: its folded state and what it waits for. Only its owner has one. */
export class LiveRun {
  readonly lane: number;
  readonly queue: Stimulus[] = [];
  /** Inbox rows that are in {@link queue} or on their way to the journal. */
  readonly inbox = new Set<string>();
  /** Present timers by name. */
  readonly timers = new Map<string, TimerEntry>();
  /** Attempts that were handed to dispatch, by `path attempt`. */
  readonly deliveries = new Map<string, Delivery>();
  /** Workers that wait for the grant of a step of class `once`. */
  readonly grants = new Map<string, (granted: boolean) => void>();
  /** Calls to others whose answer becomes an event. */
  calls = 0;
  /** A transition and its commit are on their way. */
  busy = false;
  /** It is not ours any more: nothing that still arrives may touch it. */
  dropped = false;
  /** Its end is durable. */
  ended = false;
  committedSeq = 0;
  /** What a `respond` step has answered, durably. */
  response: StepResponse | null = null;
  /** Where somebody waits for the end since the start. */
  witness: Witness | null = null;
  /** Journal since the last snapshot, and the size of that, in characters. */
  tailRecords = 0;
  tailBytes = 0;
  snapshotBytes = 0;

  constructor(
    readonly identity: RunIdentity,
    readonly plan: Plan,
    readonly state: RunState,
    /** As the summary row has it. */
    public rowStatus: ExecutionStatus,
    dedupeKey?: string,
  ) {
    this.lane = laneOf(dedupeKey ?? identity.id);
  }

  get id(): string {
    return this.identity.id;
  }
}

/** Body of a `child_ended` inbox row. */
export interface ChildEnd {
  path: string;
  attempt: number;
  executionId: string;
  status: ExecutionStatus;
  output: JsonValue;
  error: { code: string; message: string } | null;
}

export function attemptKey(path: string, attempt: number): string {
  return `${path} ${attempt}`;
}
