import type { JournalRecord, JsonObject, JsonValue } from '@rpa/contracts';
import type * as Engine from '../../src/index.js';
import type { DispatchEffect, Effect, Plan, RunEvent, RunState, Transition } from '../../src/index.js';
import { STEP_TYPES } from './step-types.js';
import type { Random } from './random.js';

/** A delivery that a worker has. */
export interface Task {
  dispatch: DispatchEffect;
  granted: boolean;
  worker: string;
}

export class SimulationFailed extends Error {
  override readonly name = 'SimulationFailed';
}

export function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new SimulationFailed(message);
}

/** What lies outside of the reducer: the journal, workers, timers, children, people; and the crashes of the host. */
export class World {
  readonly journal: JournalRecord[] = [];
  readonly timers = new Map<string, number>();
  readonly children = new Map<string, { path: string; attempt: number; executionId: string }>();
  readonly approvals = new Set<string>();
  readonly decisions = new Set<string>();
  readonly executed = new Map<string, number>();
  private readonly grants = new Map<string, string>();
  tasks: Task[] = [];
  late: RunEvent[] = [];
  responses = 0;
  /** Crashes before a commit: what was applied then comes again from its inbox. */
  crashes = 0;
  ended = false;
  clock = Date.UTC(2026, 0, 1);
  state: RunState;
  private snapshot: { seq: number; text: string } | undefined;
  private workers = 0;

  constructor(
    readonly engine: typeof Engine,
    readonly random: Random,
    readonly plan: Plan,
    start: Engine.StartInput,
  ) {
    const first = engine.startRun(plan, { ...start, at: this.clock });
    this.state = first.state;
    this.commit(first);
  }

  static compile(engine: typeof Engine, definition: unknown): Plan {
    return engine.compileDefinition(definition, { stepTypes: STEP_TYPES });
  }

  /** The host's loop: apply, commit, perform; each may be cut short. */
  apply(event: DistributiveOmit<RunEvent, 'at'>): void {
    const transition = this.engine.applyEvent(this.plan, this.state, { ...event, at: this.clock } as RunEvent);
    this.state = transition.state;
    this.commit(transition);
  }

  private commit({ records, effects, state }: Transition): void {
    if (this.journal.length > 0 && this.random.chance(0.03)) {
      this.crashes++;
      return this.recover();
    }
    for (const record of records) {
      const expected = (this.journal.at(-1)?.seq ?? 0) + 1;
      demand(record.seq === expected, `seq ${record.seq} follows ${expected - 1}`);
      this.journal.push(JSON.parse(JSON.stringify(record)) as JournalRecord);
    }
    if (this.random.chance(0.03)) return this.recover();
    if (this.random.chance(0.1)) this.checkReplay(state);
    if (this.random.chance(0.25)) {
      this.snapshot = { seq: state.seq, text: JSON.stringify(this.engine.snapshotState(state)) };
    }
    for (const effect of effects) this.perform(effect);
    if (effects.at(-1)?.type === 'continue' && !this.ended) this.apply({ type: 'continue' });
  }

  /** A new owner: the state comes from the journal, the effects from the state; what workers run goes on. */
  recover(): void {
    this.checkReplay(this.replay(false));
    this.state = this.replay(this.random.chance(0.5));
    this.timers.clear();
    this.approvals.clear();
    this.decisions.clear();
    const effects = this.engine.pendingEffects(this.plan, this.state);
    for (const effect of effects) {
      if (effect.type !== 'dispatch') this.perform(effect);
      else if (!this.tasks.some((task) => isSame(task.dispatch, effect))) this.announceLost(effect);
    }
    if (effects.some((effect) => effect.type === 'continue')) this.apply({ type: 'continue' });
  }

  private announceLost({ path, attempt, delivery }: DispatchEffect): void {
    this.late.push({ type: 'delivery_lost', at: this.clock, path, attempt, delivery, reason: 'owner_moved' });
  }

  replay(fromSnapshot: boolean): RunState {
    const from = fromSnapshot ? this.snapshot : undefined;
    let state = from && this.engine.restoreState(this.plan, JSON.parse(from.text) as JsonValue);
    for (const record of this.journal) {
      if (record.seq > (from?.seq ?? 0)) state = this.engine.foldRecord(this.plan, state, record);
    }
    demand(state !== undefined, 'the journal makes a state');
    return state;
  }

  /** Snapshot and tail, full replay and the live state are the same. */
  checkReplay(state: RunState): void {
    const live = comparable(this.engine.snapshotState(state));
    demand(
      comparable(this.engine.snapshotState(this.replay(false))) === live,
      'full replay differs from the live state',
    );
    demand(
      comparable(this.engine.snapshotState(this.replay(true))) === live,
      'snapshot and tail differ from the live state',
    );
  }

  private perform(effect: Effect): void {
    switch (effect.type) {
      case 'dispatch':
        this.checkDispatch(effect);
        this.tasks.push({ dispatch: effect, granted: false, worker: `w${this.workers++}` });
        break;
      case 'abort':
        for (const task of this.tasks.filter(({ dispatch }) => isAttempt(dispatch, effect))) this.finishLate(task);
        this.tasks = this.tasks.filter(({ dispatch }) => !isAttempt(dispatch, effect));
        break;
      case 'grant':
        this.granted(effect);
        break;
      case 'set_timer':
        this.timers.set(effect.timer, effect.dueAt);
        break;
      case 'clear_timer':
        this.timers.delete(effect.timer);
        break;
      case 'start_child':
        this.children.set(effect.key, { path: effect.path, attempt: effect.attempt, executionId: `x-${effect.key}` });
        break;
      case 'cancel_child':
        for (const [key, child] of this.children)
          if (child.executionId === effect.executionId) this.children.delete(key);
        break;
      case 'request_approval':
        this.approvals.add(effect.path);
        break;
      case 'decision_required':
        this.decisions.add(effect.path);
        break;
      case 'respond':
        this.responses++;
        break;
      case 'end':
        this.ended = true;
        break;
      default:
    }
  }

  private checkDispatch({ path, attempt, delivery, config }: DispatchEffect): void {
    const queued = this.journal.findLast((record) => record.type === 'step_queued' && record.path === path);
    demand(queued?.attempt === attempt, `${path} is dispatched as attempt ${attempt} without its record`);
    const first = this.journal.find((record) => record.type === 'step_queued' && record.path === path);
    demand(
      JSON.stringify(first?.data['config']) === JSON.stringify(config),
      `${path} is dispatched with another config`,
    );
    const redelivered = this.journal.findLast((record) => record.type === 'step_redelivered' && record.path === path);
    const counted = redelivered && redelivered.attempt === attempt ? redelivered.data['delivery'] : 1;
    demand(counted === delivery, `${path} is delivered as ${delivery} but counted as ${String(counted)}`);
  }

  private granted({ path, attempt, worker, granted }: Extract<Effect, { type: 'grant' }>): void {
    const holder = this.grants.get(`${path}:${attempt}`) ?? worker;
    demand(!granted || holder === worker, `${path} is granted to ${holder} and to ${worker}`);
    if (granted) this.grants.set(`${path}:${attempt}`, worker);
    const task = this.tasks.find((each) => isAttempt(each.dispatch, { path, attempt }) && each.worker === worker);
    if (!task) return;
    if (!granted) this.tasks = this.tasks.filter((each) => each !== task);
    else if (!task.granted) {
      task.granted = true;
      this.executed.set(path, (this.executed.get(path) ?? 0) + 1);
    }
  }

  /** A worker that was told to stop may answer nevertheless. */
  finishLate({ dispatch: { path, attempt } }: Task): void {
    if (!this.random.chance(0.3)) return;
    const outcome = { status: 'completed' as const, output: `${path}:${attempt}` };
    this.late.push({ type: 'step_result', at: this.clock, path, attempt, outcome });
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function isAttempt(a: { path: string; attempt: number }, b: { path: string; attempt: number }): boolean {
  return a.path === b.path && a.attempt === b.attempt;
}

function isSame(a: DispatchEffect, b: DispatchEffect): boolean {
  return isAttempt(a, b) && a.delivery === b.delivery;
}

function comparable(snapshot: JsonValue): string {
  const { agenda, ...rest } = snapshot as JsonObject & { agenda: JsonValue[] };
  return JSON.stringify({ ...rest, agenda: agenda.map((task) => JSON.stringify(task)).sort() });
}
