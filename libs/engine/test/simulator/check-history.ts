import type { JournalRecord, JsonValue, StepError } from '@rpa/contracts';
import type { Definition, RunState, StepDefinition } from '../../src/index.js';
import { expectedOutput, leadsTo, ScopeHistory, StepHistory, takes } from './scope-history.js';
import { demand } from './world.js';

const BEGINS = new Set([
  'step_queued',
  'step_waiting',
  'approval_requested',
  'iterations_planned',
  'step_completed',
  'step_failed',
  'step_skipped',
  'step_adopted',
]);
const SETTLES = new Set(['step_completed', 'step_failed', 'step_skipped', 'step_cancelled', 'step_adopted']);
const ENDS = new Set(['execution_completed', 'execution_failed', 'execution_cancelled', 'execution_timed_out']);

class History {
  readonly root: ScopeHistory;
  readonly loops = new Map<string, StepHistory>();
  readonly attempts = new Map<string, number>();
  private variable = 0;
  private paused = false;
  private closing = false;
  private end: JournalRecord | undefined;
  private readonly signals: string[] = [];
  private readonly decided = new Set<string>();
  private readonly granted = new Set<string>();
  private readonly givenUp = new Map<string, number>();

  constructor(definition: Definition) {
    this.root = new ScopeHistory(definition.steps, undefined, undefined, -1);
  }

  read(record: JournalRecord): void {
    const { type } = record;
    demand(!this.end, `${type} after the end`);
    if (ENDS.has(type)) this.end = record;
    if (type === 'execution_paused') this.paused = true;
    if (type === 'execution_resumed') this.paused = false;
    if (type === 'cancel_requested' || (type === 'timer_fired' && record.data['timer'] === 'run')) this.closing = true;
    if (type === 'variable_updated') this.writeVariable(record);
    if (type === 'signal_received') this.receive(record);
    if (type === 'decision_made' && record.path) this.decided.add(record.path);
    if (record.path !== undefined && !['variable_updated', 'response_sent'].includes(type))
      this.readStep(record, record.path);
  }

  private writeVariable({ data }: JournalRecord): void {
    demand(data['value'] === this.variable + 1, `variable n becomes ${String(data['value'])} after ${this.variable}`);
    this.variable++;
  }

  private receive({ data }: JournalRecord): void {
    const id = data['id'] as string;
    demand(!this.signals.includes(id), `signal ${id} is received twice`);
    this.signals.push(id);
  }

  private place(path: string): { scope: ScopeHistory; step: StepDefinition } {
    const parts = path.split('.');
    let scope: ScopeHistory | undefined = this.root;
    for (let i = 0; i + 2 < parts.length; i += 2) {
      scope = this.loops.get(parts.slice(0, i + 1).join('.'))?.scopes.get(Number(parts[i + 1]));
    }
    const step: StepDefinition | undefined = scope?.steps.find((each) => each.id === parts.at(-1));
    demand(scope !== undefined && step !== undefined, `${path} leads nowhere`);
    return { scope, step };
  }

  private readStep(record: JournalRecord, path: string): void {
    const { scope, step } = this.place(path);
    if (record.type === 'iterations_planned') this.loops.set(path, new StepHistory(record));
    if (record.type === 'iteration_started') this.startIteration(record, path, scope, step);
    else if (record.type === 'iteration_ended') this.endIteration(record, path);
    else if (record.type === 'timer_fired' && this.loops.has(path))
      (this.loops.get(path) as StepHistory).closing = true;
    if (BEGINS.has(record.type) && !scope.begun.has(step.id)) this.begin(record, path, scope, step);
    if (record.type === 'step_queued') this.countAttempt(record, path, step);
    this.checkAttempt(record, path, step);
    if (SETTLES.has(record.type)) this.settle(record, path, scope, step);
  }

  private begin(record: JournalRecord, path: string, scope: ScopeHistory, step: StepDefinition): void {
    demand(!this.paused, `${path} begins while the run is paused`);
    demand(!this.closing && !scope.halted, `${path} begins although its scope has come to an end`);
    scope.begun.add(step.id);
    const edges = scope.steps.filter((from) => leadsTo(from, step.id));
    if (edges.length === 0) return;
    const settled = edges.filter((from) => scope.settled.has(from.id));
    const taken = settled.filter((from) => takes(from, scope.settled.get(from.id) as JournalRecord, step.id));
    const all = settled.length === edges.length;
    if (record.type === 'step_skipped' && record.data['reason'] === 'edges') {
      demand(all && taken.length === 0, `${path} is skipped although an edge is taken or open`);
    } else if (step.join === 'any') demand(taken.length > 0, `${path} begins without a taken edge`);
    else demand(all && taken.length > 0, `${path} begins before its join is complete`);
  }

  private countAttempt({ attempt = 0 }: JournalRecord, path: string, step: StepDefinition): void {
    demand(attempt === (this.attempts.get(path) ?? 0) + 1, `${path} is queued as attempt ${attempt}`);
    this.attempts.set(path, attempt);
    demand(attempt <= (step.retry?.maxAttempts ?? 1) || this.decided.has(path), `${path} has too many attempts`);
  }

  /** What is said of an attempt comes from that attempt, and nothing comes after it was given up. */
  private checkAttempt({ type, attempt = 0, data }: JournalRecord, path: string, step: StepDefinition): void {
    if (!type.startsWith('step_') || step.steps) return;
    if (type === 'step_starting' && step.type === 'pay') this.granted.add(`${path}:${attempt}`);
    if (type === 'step_redelivered')
      demand(!this.granted.has(`${path}:${attempt}`), `${path} is sent again after its grant`);
    const error = data['error'] as unknown as StepError | undefined;
    const told = Number((error?.details as { attempt?: number } | undefined)?.attempt ?? attempt);
    demand(told === attempt, `${path} takes a failure of attempt ${told} for attempt ${attempt}`);
    const [, from] = /^s[\ds.]*:(\d+)$/.exec(String(data['output'])) ?? [];
    if (type === 'step_completed' && from)
      demand(Number(from) === attempt, `${path} takes a result of another attempt`);
    if (type === 'step_retrying') demand(error?.retryable === true, `${path} retries an error that is not retryable`);
    if (type !== 'step_retrying' && type !== 'step_completed' && type !== 'step_failed') return;
    demand(this.givenUp.get(path) !== attempt, `${path}: attempt ${attempt} ends twice`);
    if (type === 'step_retrying') this.givenUp.set(path, attempt);
  }

  private settle(record: JournalRecord, path: string, scope: ScopeHistory, step: StepDefinition): void {
    demand(!scope.settled.has(step.id), `${path} settles twice`);
    demand(record.type !== 'step_cancelled' || scope.begun.has(step.id), `${path} is cancelled before it began`);
    scope.settled.set(step.id, record);
    if (record.type === 'step_failed' && (step.onError?.action ?? 'fail') === 'fail') scope.failed = true;
    if (record.type === 'step_completed' && !record.data['disabled']) this.flow(scope, step);
    const loop = this.loops.get(path);
    if (loop) {
      demand(record.type === 'step_cancelled' || loop.running === 0, `${path} ends before its iterations`);
      if (record.type === 'step_completed' && step.type === 'foreach') this.checkOutput(record, path, step, loop);
      loop.closing = true;
    }
  }

  private flow(scope: ScopeHistory, step: StepDefinition): void {
    if (step.type === 'stop') this.closing = true;
    if (step.type !== 'break' && step.type !== 'continue') return;
    scope.closing = true;
    if (step.type === 'break' && scope.owner) scope.owner.lowestBreak = Math.min(scope.owner.lowestBreak, scope.index);
  }

  private startIteration({ data }: JournalRecord, path: string, scope: ScopeHistory, step: StepDefinition): void {
    const loop = this.loops.get(path) as StepHistory;
    const index = data['index'] as number;
    demand(
      !this.closing && !scope.halted && !loop.drops(index),
      `iteration ${index} of ${path} starts in a closed container`,
    );
    demand(index === loop.scopes.size, `iteration ${index} of ${path} starts out of order`);
    loop.scopes.set(index, new ScopeHistory(step.steps ?? [], scope, loop, index));
    const most = step.type === 'while' ? 1 : Number(step.config?.['concurrency'] ?? 1);
    demand(++loop.running <= most, `${path} runs more iterations at once than ${most}`);
  }

  private endIteration({ data }: JournalRecord, path: string): void {
    const loop = this.loops.get(path) as StepHistory;
    const scope = loop.scopes.get(data['index'] as number);
    demand(scope !== undefined && !scope.ended, `an iteration of ${path} ends twice`);
    scope.ended = true;
    loop.running--;
    for (const id of scope.begun) demand(scope.settled.has(id), `${path}: ${id} is left open by its iteration`);
    if (data['status'] === 'completed')
      demand(scope.settled.size === scope.steps.length, `an iteration of ${path} ends too early`);
  }

  private checkOutput({ data }: JournalRecord, path: string, step: StepDefinition, loop: StepHistory): void {
    const items = step.config?.['items'] as JsonValue[];
    const length = Math.min(items.length, loop.lowestBreak + 1);
    const output = data['output'] as JsonValue[];
    demand(output.length === length, `${path} gives ${output.length} entries for ${length}`);
    output.forEach((entry, index) => {
      const expected = JSON.stringify(expectedOutput(loop.scopes.get(index)));
      demand(
        JSON.stringify(entry) === expected,
        `${path} gives ${JSON.stringify(entry)} for item ${index}, not ${expected}`,
      );
    });
  }

  finish(state: RunState): void {
    const { end, root } = this;
    demand(end !== undefined, 'the journal has no end');
    demand(`execution_${state.status}` === end.type, `the state is ${state.status} after ${end.type}`);
    for (const id of root.begun) demand(root.settled.has(id), `${id} is left open by the run`);
    demand(state.progress.settled === root.settled.size, 'progress counts other steps than have settled');
    if (end.type === 'execution_failed') demand(root.failed, 'the run failed without a failure');
    else if (!this.closing) demand(root.settled.size === root.steps.length && !root.failed, 'the run ended too early');
  }
}

/** Holds a whole journal against the definition. */
export function checkHistory(journal: readonly JournalRecord[], definition: Definition, state: RunState): void {
  const history = new History(definition);
  for (const record of journal) history.read(record);
  history.finish(state);
}
