import type { ExecutionStatus, JsonObject, JsonValue, StepError } from '@rpa/contracts';
import type { Plan } from '../plan/plan.js';
import type { Adoption, RunError, RunState, StartInput } from '../types.js';
import { Agenda } from './agenda.js';
import { ScopeState } from './scope-state.js';
import type { StepState } from './step-state.js';

export interface EarlySignal {
  id: string;
  name: string;
  payload: JsonValue;
}

/** Why the run is being brought to its end before all of its steps have settled. */
export interface RunClosing {
  status: Extract<ExecutionStatus, 'completed' | 'cancelled' | 'timed_out'>;
  error: RunError | null;
}

export interface RunEnd {
  status: ExecutionStatus;
  output: JsonValue;
  error: RunError | null;
}

/** The fold of a run's journal. Everything but {@link agenda}'s blocked tasks, {@link loaded} and {@link adoptions} follows from the records alone. */
export class Run implements RunState {
  seq = 0;
  startedAt = 0;
  lastAt = 0;
  start: StartInput;
  variables: JsonObject = {};
  root: ScopeState;
  /** Work that the reducer itself has to do next. */
  readonly agenda = new Agenda();
  /** Contents of file references, kept only while the steps that asked for them are evaluated. */
  readonly loaded = new Map<string, JsonValue>();
  /** Files that cannot be read, and why; kept as long. */
  readonly unreadable = new Map<string, { code: string; message: string }>();
  /** Signals that nothing waited for yet, oldest first, and the steps that wait, by name. */
  earlySignals: EarlySignal[] = [];
  readonly seenSignals = new Set<string>();
  readonly signalWaiters = new Map<string, StepState[]>();
  /** What the former run gave, until the steps that asked for it have taken it. */
  readonly adoptions = new Map<string, Adoption | null>();
  readonly adopt = new Map<string, NonNullable<StartInput['adopt']>[number]>();
  paused = false;
  closing: RunClosing | undefined;
  end: RunEnd | undefined;
  response: { status: number; headers: { [name: string]: string }; body: JsonValue } | undefined;
  /** Steps that somebody works on, steps that wait for time, a signal, a person or a child, and open decisions. */
  busy = 0;
  waiting = 0;
  deciding = 0;
  /** When the run's own limit passes, or what was left of it when it was stopped. */
  dueAt: number | undefined;
  remainingMs: number | undefined;
  /** Some value of this run is a file reference, so references are looked into before an evaluation. */
  holdsFiles = false;
  settledSteps = 0;

  constructor(
    readonly plan: Plan,
    start: StartInput,
  ) {
    this.start = start;
    this.root = new ScopeState(plan.root, undefined, -1);
  }

  forgetFiles(): void {
    this.loaded.clear();
    this.unreadable.clear();
  }

  get executionId(): string {
    return this.start.executionId;
  }

  get status(): ExecutionStatus {
    if (this.end) return this.end.status;
    if (this.closing) return 'running';
    if (this.paused) return 'paused';
    if (this.deciding > 0) return 'needs_decision';
    if (this.busy === 0 && this.waiting > 0 && !this.agenda.hasWork(this)) return 'waiting';
    return 'running';
  }

  get progress(): { settled: number; total: number } {
    return { settled: this.settledSteps, total: this.plan.root.nodes.length };
  }

  get priority(): number {
    return this.start.priority ?? this.plan.priority;
  }
}

/** The engine's own view of the state that hosts hold. */
export function runOf(state: RunState): Run {
  return state as Run;
}

export function runError(error: StepError, stepPath?: string): RunError {
  return stepPath === undefined
    ? { code: error.code, message: error.message }
    : { code: error.code, message: error.message, stepPath };
}
