import { describe, expect, it } from '@jest/globals';
import type { JournalRecord } from '@rpa/contracts';
import { gives, run, START, TestRun, typed, type TestStep } from '../test/test-run.js';
import { PlanRerun, type Adoption } from './index.js';

const FORMER = 'former-run';

/** What the host does: decides from the former journal what is taken over, and answers what the new run asks for. */
class Rerun {
  readonly plan: PlanRerun;
  readonly run: TestRun;
  private readonly adoptions = new Map<string, Adoption>();

  constructor(former: TestRun, from?: string, changed?: { steps?: TestStep[]; inputs?: object }) {
    const steps = changed?.steps?.map(typed) ?? former.plan.definition.steps;
    this.run = new TestRun({ ...former.plan.definition, steps } as never, {
      ...START,
      executionId: 'new-run',
      adoptFrom: FORMER,
      ...(changed?.inputs && { inputs: changed.inputs as never }),
    });
    const plan = changed?.steps ? this.run.plan : former.plan;
    this.plan = new PlanRerun({ plan, formerPlan: former.plan, ...(from !== undefined && { from }) });
    for (const record of former.records) this.plan.note(record);
    for (const record of former.records) {
      const kind = this.plan.adopt(record);
      if (kind && record.path !== undefined) this.adoptions.set(record.path, adoptionOf(kind, record));
    }
    this.plan.finish();
    this.answer();
  }

  /** Until nothing is asked any more. */
  answer(): void {
    for (let asked = this.asked(); asked.length > 0; asked = this.asked())
      this.run.apply({
        type: 'adoptions_loaded',
        adoptions: Object.fromEntries(asked.map((path) => [path, this.adoptions.get(path) ?? null])),
      });
  }

  private asked(): string[] {
    return this.run.effects
      .splice(0)
      .filter((effect) => {
        if (effect.type !== 'adopt') this.kept.push(effect);
        return effect.type === 'adopt';
      })
      .flatMap((effect) => (effect.type === 'adopt' ? effect.paths : []));
  }

  readonly kept: TestRun['effects'] = [];

  get dispatched(): string[] {
    return this.kept.flatMap((effect) => (effect.type === 'dispatch' ? [effect.path] : []));
  }

  complete(path: string, output: never | string | number = 'again'): void {
    this.run.complete(path, output);
    this.answer();
  }

  get end() {
    return this.kept.find((effect) => effect.type === 'end');
  }

  get repeats(): string[] {
    return this.plan.repeats.map((effect) => effect.path);
  }
}

function adoptionOf(kind: Adoption['kind'], { type, data, attempt = 1 }: JournalRecord): Adoption {
  if (kind === 'planned') return { kind, data };
  if (kind === 'child') return { kind, executionId: data['executionId'] as string };
  const status = type === 'step_completed' ? 'completed' : type === 'step_failed' ? 'failed' : 'skipped';
  return {
    kind: 'settled',
    attempt,
    output: data['output'] ?? null,
    error: (data['error'] ?? null) as never,
    status: (data['status'] as 'completed' | undefined) ?? status,
  };
}

const chain = (): TestRun => {
  const it = run([{ id: 'a', next: ['b'] }, { id: 'b', next: ['c'] }, { id: 'c' }]);
  it.complete('a', 1);
  return it;
};

describe('A retry', () => {
  it('takes over what has worked and runs what has failed', () => {
    const former = chain();
    former.fail('b');
    const again = new Rerun(former);
    expect(again.dispatched).toEqual(['b']);
    expect(again.run.statuses()).toEqual({ a: 'completed', b: 'running', c: 'pending' });
    expect(again.run.output('a')).toBe(1);
    expect(again.repeats).toEqual(['b']);
    again.complete('b');
    again.complete('c');
    expect(again.end).toMatchObject({ status: 'completed', output: { c: 'again' } });
  });

  it('of a retry takes over what the retry had taken over', () => {
    const former = chain();
    former.fail('b');
    const first = new Rerun(former);
    first.run.fail('b');
    const second = new Rerun(first.run);
    expect(second.dispatched).toEqual(['b']);
    expect(second.run.output('a')).toBe(1);
  });

  it('keeps the items of a foreach and what was done for them', () => {
    const steps: TestStep[] = [
      { id: 'each', type: 'foreach', config: { items: '{{ inputs.items }}', concurrency: 3 }, steps: [{ id: 'one' }] },
    ];
    const former = run(steps, {}, { inputs: { items: ['x', 'y', 'z'] } });
    former.complete('each.0.one', 'X');
    former.complete('each.2.one', 'Z');
    former.fail('each.1.one');
    const again = new Rerun(former, undefined, { inputs: { items: ['changed'] } });
    expect(again.dispatched).toEqual(['each.1.one']);
    again.complete('each.1.one', 'Y');
    expect(again.end).toMatchObject({ output: { each: ['X', 'Y', 'Z'] } });
    expect(again.repeats).toEqual(['each.1.one']);
  });

  it('writes variables again, in a loop too, and does not repeat what stands beside them', () => {
    const steps: TestStep[] = [
      {
        id: 'loop',
        type: 'while',
        config: { condition: '{{ variables.n < 2 }}' },
        steps: [
          { id: 'call', next: ['count'] },
          { id: 'count', type: 'set_variable', config: { name: 'n', value: '{{ variables.n + 1 }}' } },
        ],
        next: ['last'],
      },
      { id: 'last', config: { n: '{{ variables.n }}' } },
    ];
    const former = run(steps, { variables: { n: 0 } });
    former.complete('loop.0.call', 0);
    former.complete('loop.1.call', 1);
    former.fail('last');
    const again = new Rerun(former);
    expect(again.dispatched).toEqual(['last']);
    expect(again.run.recordsOf('variable_updated').map(({ data }) => data['value'])).toEqual([1, 2]);
  });

  it('gives the child of a sub-workflow its former run', () => {
    const former = run([{ id: 'sub', type: 'sub_workflow', config: { workflow: 'x' } }]);
    former.apply({ type: 'child_started', path: 'sub', attempt: 1, executionId: 'c1' });
    former.apply({ type: 'child_ended', path: 'sub', attempt: 1, executionId: 'c1', status: 'failed', output: null });
    const again = new Rerun(former);
    expect(again.kept).toContainEqual(expect.objectContaining({ type: 'start_child', formerChild: 'c1' }));
    expect(again.run.takeOver()).toContainEqual(expect.objectContaining({ type: 'start_child', formerChild: 'c1' }));
    expect(again.plan.repeats).toEqual([
      { path: 'sub', type: 'sub_workflow', sideEffect: null, status: 'failed', executionId: 'c1' },
    ]);
  });

  it('takes over a failure that something handles, and a skip that a person decided', () => {
    const former = run([
      { id: 'a', onError: 'continue', next: ['b'] },
      { id: 'b', type: 'pay', next: ['c'] },
      { id: 'c' },
    ]);
    former.fail('a');
    former.apply({ type: 'step_start_requested', path: 'b', attempt: 1, worker: 'w' });
    former.apply({ type: 'delivery_lost', path: 'b', attempt: 1, delivery: 1, reason: 'worker_died' });
    former.apply({ type: 'decision_made', path: 'b', decision: 'skip' });
    const again = new Rerun(former);
    expect(again.run.statuses()).toMatchObject({ a: 'failed', b: 'skipped', c: 'skipped' });
    expect(again.dispatched).toEqual([]);
  });

  it('marks the unknown outcome of a step of class once', () => {
    const former = run([{ id: 'pay', type: 'pay' }]);
    former.apply({ type: 'step_start_requested', path: 'pay', attempt: 1, worker: 'w' });
    former.apply({ type: 'cancel_requested' });
    expect(new Rerun(former).plan.repeats).toEqual([
      { path: 'pay', type: 'pay', sideEffect: 'once', status: 'unknown' },
    ]);
  });

  it('asks again after a take-over, and fails a step whose former journal is gone', () => {
    const it = run([{ id: 'a' }], {}, { adoptFrom: FORMER });
    expect(it.effectsOf('adopt')).toEqual([{ type: 'adopt', paths: ['a'] }]);
    expect(it.state.status).toBe('running');
    it.takeOver();
    expect(it.effectsOf('adopt')).toHaveLength(2);
    it.apply({ type: 'adoptions_loaded', adoptions: { a: { kind: 'gone' } } });
    expect(it.end?.error).toMatchObject({ code: 'adoption_gone', stepPath: 'a' });
  });
});

describe('A rerun from a step', () => {
  it('runs it and what follows, and takes over the rest', () => {
    const former = run([{ id: 'a', next: ['b', 'd'] }, { id: 'b', next: ['c'] }, { id: 'c' }, { id: 'd' }]);
    for (const path of ['a', 'b', 'c', 'd']) former.complete(path, path);
    const again = new Rerun(former, 'b');
    expect(again.dispatched).toEqual(['b']);
    expect(again.repeats.sort()).toEqual(['b', 'c']);
    again.complete('b');
    again.complete('c');
    expect(again.end).toMatchObject({ output: { c: 'again', d: 'd' } });
  });

  it('of one iteration leaves the others as they are', () => {
    const steps: TestStep[] = [
      {
        id: 'each',
        type: 'foreach',
        config: { items: [1, 2, 3], concurrency: 3 },
        steps: [{ id: 'one', next: ['two'] }, { id: 'two' }],
        next: ['after'],
      },
      { id: 'after' },
    ];
    const former = run(steps);
    for (const index of [0, 1, 2])
      for (const id of ['one', 'two']) former.complete(`each.${index}.${id}`, `${id}${index}`);
    former.complete('after');
    const again = new Rerun(former, 'each.1.two');
    expect(again.dispatched).toEqual(['each.1.two']);
    expect(again.repeats.sort()).toEqual(['after', 'each.1.two']);
    again.complete('each.1.two', 'new');
    expect(again.run.output('each')).toEqual(['two0', 'new', 'two2']);
    expect(again.dispatched).toEqual(['each.1.two', 'after']);
  });

  it('of one turn of a while runs the later turns too', () => {
    const steps: TestStep[] = [
      { id: 'loop', type: 'while', config: { condition: '{{ loop.index < 3 }}' }, steps: [{ id: 'one' }] },
    ];
    const former = run(steps);
    for (const index of [0, 1, 2]) former.complete(`loop.${index}.one`);
    const again = new Rerun(former, 'loop.1.one');
    expect(again.dispatched).toEqual(['loop.1.one']);
    again.complete('loop.1.one');
    expect(again.dispatched).toEqual(['loop.1.one', 'loop.2.one']);
    expect(again.repeats).toEqual(['loop.1.one', 'loop.2.one']);
  });

  it('from the beginning takes nothing over', () => {
    const former = chain();
    const again = new Rerun(former, 'all');
    expect(again.dispatched).toEqual(['a']);
    expect(again.repeats).toEqual(['a', 'b']);
  });

  it('with another version takes over what is still the same type of step', () => {
    const former = chain();
    former.complete('b', 2);
    former.fail('c');
    const steps: TestStep[] = [{ id: 'a', next: ['b'] }, gives('b', 'now inline', { next: ['c'] }), { id: 'c' }];
    const again = new Rerun(former, undefined, { steps });
    expect(again.run.output('a')).toBe(1);
    expect(again.run.output('b')).toBe('now inline');
    expect(again.dispatched).toEqual(['c']);
  });
});

describe('A test run', () => {
  const steps: TestStep[] = [
    { id: 'fetch', next: ['check'] },
    {
      id: 'check',
      type: 'condition',
      config: { expression: '{{ steps.fetch.output > 1 }}' },
      branches: { true: ['big'], false: ['small'] },
    },
    gives('big', '{{ steps.fetch.output * 2 }}', { next: ['last'] }),
    gives('small', 0),
    { id: 'last' },
    { id: 'aside' },
  ];

  it('takes pinned outputs instead of running steps', () => {
    const it = run(steps, {}, { adopt: [{ path: 'fetch', status: 'completed', output: 21 }] });
    expect(it.dispatched).toEqual(['aside', 'last']);
    expect(it.output('big')).toBe(42);
  });

  it('runs up to a step, and what leads to it only', () => {
    const it = run(steps, { output: '{{ steps.last.output }}' }, { until: 'big' });
    it.complete('fetch', 5);
    expect(it.dispatched).toEqual(['fetch']);
    expect(it.end).toEqual({ status: 'completed', output: 10, error: null });
    expect(it.statuses()).toMatchObject({ big: 'completed', small: 'skipped', last: 'skipped', aside: 'skipped' });
  });

  it('runs one step alone, the others standing as they are pinned', () => {
    const it = run(steps, {}, { only: 'big', adopt: [{ path: 'fetch', status: 'completed', output: 4 }] });
    expect(it.dispatched).toEqual([]);
    expect(it.end).toEqual({ status: 'completed', output: 8, error: null });
  });

  it('of a step that workers run survives a take-over', () => {
    const it = run(steps, {}, { only: 'last' });
    expect(it.dispatched).toEqual(['last']);
    it.takeOver();
    it.complete('last', 'done');
    expect(it.end).toEqual({ status: 'completed', output: 'done', error: null });
    expect(it.state.progress).toEqual({ settled: 6, total: 6 });
  });
});

describe('An approval', () => {
  const ask = (config: object, more: object = {}) =>
    run([
      { id: 'ask', type: 'approval', config: { title: 't', timeout: '1h', ...config }, ...more },
      gives('yes', 1),
      gives('no', 2),
    ]);

  it('that expires takes its default decision', () => {
    const it = ask({ defaultDecision: 'rejected' }, { branches: { approved: ['yes'], rejected: ['no'] } });
    it.fire('approval:ask:1');
    expect(it.output('ask')).toEqual({ decision: 'rejected', by: null, data: null, expired: true });
    expect(it.statuses()).toEqual({ ask: 'completed', yes: 'skipped', no: 'completed' });
    expect(it.effectsOf('close_approval')).toEqual([
      { type: 'close_approval', path: 'ask', status: 'expired', decision: 'rejected' },
    ]);
  });

  it.each([
    ['decided', (it: TestRun) => it.apply({ type: 'approval_decided', path: 'ask', decision: 'approved' }), 'approved'],
    ['expired', (it: TestRun) => it.fire('approval:ask:1'), null],
    ['expired', (it: TestRun) => it.fire('timeout:ask:1'), null],
    ['cancelled', (it: TestRun) => it.apply({ type: 'cancel_requested' }), null],
  ] as const)('is closed as %s', (status, act, decision) => {
    const it = ask({}, { timeout: '2h' });
    act(it);
    expect(it.effectsOf('close_approval')).toEqual([{ type: 'close_approval', path: 'ask', status, decision }]);
  });

  it('refuses a default that it does not offer', () => {
    expect(ask({ defaultDecision: 'perhaps' }).end?.error?.code).toBe('config_invalid');
  });
});
