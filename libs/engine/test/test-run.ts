import { expect } from '@jest/globals';
import type { JournalRecord, JsonObject, JsonValue, StepError } from '@rpa/contracts';
import {
  applyEvent,
  compileDefinition,
  foldRecord,
  pendingEffects,
  projectSteps,
  restoreState,
  snapshotState,
  startRun,
} from '../src/index.js';
import { STEP_TYPES } from './simulator/step-types.js';
import type { DispatchEffect, Effect, Filing, Plan, RunEvent, RunState, StartInput, StepView } from '../src/index.js';

export const T0 = Date.UTC(2026, 0, 1);

export { STEP_TYPES };

export const START: StartInput = {
  executionId: '0197-run',
  organizationId: 'org-1',
  at: T0,
  workflow: { id: 'wf-1', key: 'orders', name: 'Orders', version: 3 },
  inputs: {},
  trigger: { type: 'manual' },
};

export type TestStep = { id: string; type?: string; [field: string]: unknown };

/** A run that a test drives by hand. After every transition the fold of the journal and a restored snapshot must equal the state. */
export class TestRun {
  readonly plan: Plan;
  readonly records: JournalRecord[] = [];
  readonly effects: Effect[] = [];
  state: RunState;
  at: number;

  constructor(
    definition: object,
    start: Partial<StartInput> = {},
    private readonly filing?: Filing,
  ) {
    this.plan = compileDefinition({ format: 1, ...definition }, { stepTypes: STEP_TYPES });
    this.at = start.at ?? T0;
    const { state, records, effects } = startRun(this.plan, { ...START, ...start }, filing);
    this.state = state;
    this.keep(records, effects);
  }

  apply(event: { type: RunEvent['type']; [field: string]: unknown }): { records: JournalRecord[]; effects: Effect[] } {
    const { records, effects } = applyEvent(
      this.plan,
      this.state,
      { at: ++this.at, ...event } as unknown as RunEvent,
      this.filing,
    );
    this.keep(records, effects);
    return { records, effects };
  }

  private keep(records: JournalRecord[], effects: Effect[]): void {
    this.records.push(...records);
    this.effects.push(...effects);
    this.checkFold();
  }

  /** State = fold of the journal = restored snapshot. */
  checkFold(): void {
    const live = text(snapshotState(this.state));
    expect(text(snapshotState(this.refolded()))).toBe(live);
    expect(text(snapshotState(restoreState(this.plan, JSON.parse(JSON.stringify(snapshotState(this.state))))))).toBe(
      live,
    );
  }

  refolded(): RunState {
    let state: RunState | undefined;
    for (const record of JSON.parse(JSON.stringify(this.records)) as JournalRecord[]) {
      state = foldRecord(this.plan, state, record);
    }
    return state as RunState;
  }

  /** Throws the state away and goes on from the journal alone, as a new owner does. */
  takeOver(): Effect[] {
    this.state = this.refolded();
    const effects = pendingEffects(this.plan, this.state);
    if (effects.some((effect) => effect.type === 'continue')) this.apply({ type: 'continue' });
    return effects;
  }

  complete(path: string, output: JsonValue = null, attempt = 1) {
    return this.apply({ type: 'step_result', path, attempt, outcome: { status: 'completed', output } });
  }

  fail(path: string, error: Partial<StepError> = {}, attempt = 1) {
    const full = { code: 'broken', message: 'It broke', retryable: false, ...error };
    return this.apply({ type: 'step_result', path, attempt, outcome: { status: 'failed', error: full } });
  }

  fire(timer: string) {
    return this.apply({ type: 'timer_fired', timer });
  }

  /** Paths of all dispatches so far, in order. */
  get dispatched(): string[] {
    return this.effects.filter((effect) => effect.type === 'dispatch').map((effect) => effect.path);
  }

  dispatchOf(path: string): DispatchEffect | undefined {
    return this.effects.filter((effect) => effect.type === 'dispatch').findLast((effect) => effect.path === path);
  }

  effectsOf<Type extends Effect['type']>(type: Type): Extract<Effect, { type: Type }>[] {
    return this.effects.filter((effect) => effect.type === type) as Extract<Effect, { type: Type }>[];
  }

  recordsOf(type: string, path?: string): JournalRecord[] {
    return this.records.filter((record) => record.type === type && (path === undefined || record.path === path));
  }

  get end() {
    const end = this.effects.findLast((effect) => effect.type === 'end');
    if (!end) return undefined;
    const { status, output, error } = end;
    return { status, output, error };
  }

  steps(parent?: string): StepView[] {
    return projectSteps(this.records, parent === undefined ? { plan: this.plan } : { parent, plan: this.plan });
  }

  statuses(parent?: string): { [path: string]: string } {
    return Object.fromEntries(this.steps(parent).map((step) => [step.path, step.status]));
  }

  output(path: string): JsonValue | undefined {
    const parent = path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : undefined;
    return this.steps(parent).find((step) => step.path === path)?.output;
  }
}

/** A snapshot as text; the agenda is a set, its order says only who comes first. */
export function text(snapshot: JsonValue): string {
  const { agenda, ...rest } = snapshot as JsonObject & { agenda: JsonValue[] };
  return JSON.stringify({ ...rest, agenda: agenda.map((task) => JSON.stringify(task)).sort() });
}

/** A run of these steps; `work` is the type of steps that name none. */
export function run(steps: TestStep[], rest: JsonObject = {}, start: Partial<StartInput> = {}): TestRun {
  return new TestRun({ ...rest, steps: steps.map(typed) as unknown as JsonValue }, start);
}

export function typed(step: TestStep): TestStep {
  const body = step['steps'] as TestStep[] | undefined;
  return { type: 'work', ...step, ...(body && { steps: body.map(typed) }) };
}

/** A step that gives the value of an expression at once. */
export function gives(id: string, value: JsonValue, rest: JsonObject = {}): TestStep {
  return { id, type: 'transform', config: { value }, ...rest };
}
