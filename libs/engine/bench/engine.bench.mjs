import { applyEvent, compileDefinition, startRun, validateDefinition } from '@rpa/engine';

/**
 * node bench/engine.bench.mjs (after a build). Prints one JSON line a case; exits with 1 when a limit of the design is
 * missed. `node --expose-gc` makes the memory figures exact.
 */
const STEP_TYPES = [{ type: 'work', version: 1, sideEffect: { default: 'idempotent' } }];
const START = {
  executionId: '01970000-0000-7000-8000-000000000000',
  organizationId: 'org',
  at: 0,
  workflow: { id: 'w', key: 'w', name: 'W', version: 1 },
  inputs: { n: 1 },
  trigger: { type: 'manual' },
};
let missed = false;

function report(name, figures, holds) {
  if (!holds) missed = true;
  console.log(JSON.stringify({ name, ...figures, holds }));
}

function seconds(act) {
  const started = process.hrtime.bigint();
  act();
  return Number(process.hrtime.bigint() - started) / 1e9;
}

function memory() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

const chain = (length, step = { type: 'work', config: { n: '{{ inputs.n + 1 }}' } }) =>
  Array.from({ length }, (_, i) => ({ id: `s${i}`, ...step, ...(i < length - 1 && { next: [`s${i + 1}`] }) }));

const done = (path, at) => ({
  type: 'step_result',
  at,
  path,
  attempt: 1,
  outcome: { status: 'completed', output: { ok: true } },
});

/** Runs of ten remote steps: every event is a result that queues the next step. */
function remoteSteps() {
  const plan = compileDefinition({ steps: chain(10) }, { stepTypes: STEP_TYPES });
  const runs = (count) => {
    let records = 0;
    for (let run = 0; run < count; run++) {
      const { state, records: first } = startRun(plan, START);
      records += first.length;
      for (let step = 0; step < 10; step++) records += applyEvent(plan, state, done(`s${step}`, step)).records.length;
      if (state.status !== 'completed') throw new Error('a run did not complete');
    }
    return records;
  };
  runs(3000);
  const count = 30_000;
  let records = 0;
  const time = seconds(() => (records = runs(count)));
  const perSecond = Math.round((count * 11) / time);
  report(
    'events a second on one core, 10 remote steps a run',
    { perSecond, recordsPerSecond: Math.round(records / time) },
    perSecond >= 150_000,
  );
}

/** The same event in a small and in a large run. */
function costOfLargeRuns() {
  const perEvent = (length) => {
    const plan = compileDefinition({ steps: chain(length, { type: 'work', config: {} }) }, { stepTypes: STEP_TYPES });
    let best = Infinity;
    for (let round = 0; round < 5; round++) {
      const { state } = startRun(plan, START);
      const time = seconds(() => {
        for (let step = 0; step < length - 1; step++) applyEvent(plan, state, done(`s${step}`, step));
      });
      best = Math.min(best, (time / (length - 1)) * 1e6);
    }
    return best;
  };
  perEvent(1000);
  const [small, large] = [perEvent(1000), perEvent(10_000)];
  report('microseconds an event, 1,000 and 10,000 steps', { small, large }, large < small * 3);
}

/** 100,000 items: settled iterations keep their output, nothing else. */
function longForeach() {
  const items = Array.from({ length: 100_000 }, (_, i) => i);
  const steps = [
    {
      id: 'each',
      type: 'foreach',
      config: { items: '{{ inputs.items }}', concurrency: 10 },
      steps: [{ id: 'w', type: 'work' }],
    },
  ];
  const plan = compileDefinition({ steps }, { stepTypes: STEP_TYPES });
  const { state } = startRun(plan, { ...START, inputs: { items } });
  const before = memory();
  let middle = 0;
  const time = seconds(() => {
    for (let i = 0; i < items.length; i++) {
      applyEvent(plan, state, { ...done(`each.${i}.w`, i), outcome: { status: 'completed', output: i } });
      if (i === 90_000) middle = memory();
    }
  });
  const grownMb = middle - before;
  const figures = { eventsPerSecond: Math.round(items.length / time), grownMb, status: state.status };
  report('100,000 items: heap after 90,000 settled iterations', figures, grownMb < 20 && state.status === 'completed');
}

function validation() {
  const fan = Array.from({ length: 9998 }, (_, i) => `m${i}`);
  const work = (id, next) => ({ id, type: 'work', config: { n: '{{ inputs.n }}' }, next });
  let nested = [work('leaf', [])];
  for (let i = 0; i < 32; i++) nested = [{ id: `n${i}`, type: 'foreach', config: { items: [1] }, steps: nested }];
  const cases = {
    'chain of 10,000': chain(10_000),
    'fan-out and join of 9,998': [work('first', fan), ...fan.map((id) => work(id, ['last'])), work('last', [])],
    'nesting of 32': nested,
    'diamond of 30 layers': Array.from({ length: 60 }, (_, i) =>
      work(`d${i}`, i < 58 ? [`d${(i >> 1) * 2 + 2}`, `d${(i >> 1) * 2 + 3}`] : []),
    ),
  };
  for (const [name, steps] of Object.entries(cases)) {
    const before = memory();
    let result;
    const time = seconds(() => (result = validateDefinition({ steps }, { stepTypes: STEP_TYPES })));
    const mb = process.memoryUsage().heapUsed / 2 ** 20 - before;
    report(
      `validate ${name}`,
      { seconds: time, mb, errors: result.errors.length },
      time < 2 && mb < 100 && result.valid,
    );
  }
}

remoteSteps();
costOfLargeRuns();
longForeach();
validation();
process.exitCode = missed ? 1 : 0;
