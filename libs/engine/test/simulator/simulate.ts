import type * as Engine from '../../src/index.js';
import type { Definition } from '../../src/index.js';
import { checkHistory } from './check-history.js';
import { Random } from './random.js';
import { RandomDefinition } from './random-definition.js';
import { demand, World, type Task } from './world.js';

const TICKS_OF_CHAOS = 120;
const TICKS_AT_MOST = 4000;

/** One simulated run. Throws what it finds; the same seed finds the same. */
export function simulate(engine: typeof Engine, seed: number): World {
  const random = new Random(seed);
  const definition = new RandomDefinition(random).build();
  const plan = World.compile(engine, definition);
  const world = new World(engine, random, plan, {
    executionId: `run-${seed}`,
    organizationId: 'org',
    at: 0,
    workflow: { id: 'w', key: 'w', name: 'W', version: 1 },
    inputs: {},
    trigger: { type: 'manual' },
    hasWaiter: true,
  });
  try {
    drive(world);
    world.checkReplay(world.state);
    checkEnd(world, definition);
  } catch (error) {
    if (error instanceof Error) Object.assign(error, { definition, journal: world.journal });
    throw error;
  }
  return world;
}

function drive(world: World): void {
  for (let tick = 0; !world.ended; tick++) {
    demand(tick < TICKS_AT_MOST, `the run does not end; it is ${world.state.status}`);
    const chaos = tick < TICKS_OF_CHAOS;
    world.clock +=
      world.random.chance(0.05) && chaos ? world.random.whole(-7_200_000, 3_600_000) : world.random.whole(0, 2000);
    const actions = chaos ? [...progress(world), ...disturbances(world)] : progress(world);
    demand(actions.length > 0, `nothing is left to do, but the run is ${world.state.status}`);
    world.random.pick(actions)();
    if (world.random.chance(chaos ? 0.02 : 0)) world.recover();
  }
}

/** What moves the run on. */
function progress(world: World): (() => void)[] {
  const { random } = world;
  const actions: (() => void)[] = [];
  for (const task of world.tasks) actions.push(() => work(world, task));
  for (const timer of world.timers.keys()) {
    if (timer === 'run' && random.chance(0.97) && world.timers.size + world.tasks.length > 1) continue;
    actions.push(() => {
      world.timers.delete(timer);
      world.apply({ type: 'timer_fired', timer });
    });
  }
  for (const [key, child] of world.children) actions.push(() => moveChild(world, key, child));
  for (const path of world.approvals) {
    actions.push(() => {
      world.approvals.delete(path);
      world.apply({ type: 'approval_decided', path, decision: random.pick(['approved', 'rejected']) });
    });
  }
  for (const path of world.decisions) {
    actions.push(() => {
      world.decisions.delete(path);
      const decision = random.pick(['retry', 'complete', 'skip'] as const);
      if (decision === 'retry') world.executed.delete(path);
      world.tasks = world.tasks.filter((task) => task.dispatch.path !== path);
      world.apply({ type: 'decision_made', path, decision, output: 'decided' });
    });
  }
  if (world.state.status === 'paused') actions.push(() => world.apply({ type: 'resume_requested' }));
  for (const name of ['sig0', 'sig1'])
    if (world.state.status === 'waiting' || random.chance(0.1)) actions.push(() => signal(world, name));
  if (world.late.length > 0) actions.push(() => deliverLate(world));
  return actions;
}

/** Faults, repeats and people. */
function disturbances(world: World): (() => void)[] {
  const { random } = world;
  const actions: (() => void)[] = [() => world.recover()];
  if (random.chance(0.05)) actions.push(() => world.apply({ type: 'cancel_requested' }));
  if (random.chance(0.4)) actions.push(() => world.apply({ type: 'pause_requested' }));
  const repeated = world.journal.findLast((record) => record.type === 'step_completed' && record.attempt !== undefined);
  if (repeated?.path && random.chance(0.5)) {
    const { path, attempt = 1 } = repeated;
    actions.push(() =>
      world.apply({ type: 'step_result', path, attempt, outcome: { status: 'completed', output: 'repeated' } }),
    );
    actions.push(() => world.apply({ type: 'child_started', path, attempt, executionId: 'stray' }));
  }
  for (const { dispatch } of world.tasks) {
    const { path, attempt, delivery } = dispatch;
    actions.push(() => world.apply({ type: 'deadline_passed', path, attempt }));
    actions.push(() => lose(world, path, attempt, delivery));
    actions.push(() => loseAgain(world, path, attempt, delivery - 1));
    actions.push(() => world.apply({ type: 'step_start_requested', path, attempt, worker: 'intruder' }));
  }
  return actions;
}

/** A delivery that was replaced already is reported as lost once more. */
function loseAgain(world: World, path: string, attempt: number, delivery: number): void {
  const before = world.journal.length;
  world.apply({ type: 'delivery_lost', path, attempt, delivery, reason: 'worker_died' });
  const again = world.journal.slice(before).some((record) => record.type === 'step_redelivered');
  demand(!again, `${path} is sent again for delivery ${delivery}, which was replaced before`);
}

function lose(world: World, path: string, attempt: number, delivery: number): void {
  const lost = world.tasks.find(
    ({ dispatch }) => dispatch.path === path && dispatch.attempt === attempt && dispatch.delivery === delivery,
  );
  world.tasks = world.tasks.filter((task) => task !== lost);
  if (lost && world.random.chance(0.3)) world.finishLate(lost);
  world.apply({
    type: 'delivery_lost',
    path,
    attempt,
    delivery,
    reason: world.random.pick(['worker_died', 'owner_moved']),
  });
}

function work(world: World, task: Task): void {
  const { random } = world;
  const { path, attempt, sideEffect } = task.dispatch;
  if (sideEffect === 'once' && !task.granted) {
    world.apply({ type: 'step_start_requested', path, attempt, worker: task.worker });
    return;
  }
  world.tasks = world.tasks.filter((each) => each !== task);
  const failure = { code: 'broken', message: 'It broke', retryable: random.chance(0.7), details: { attempt } };
  const outcome = random.chance(0.8)
    ? { status: 'completed' as const, output: `${path}:${attempt}` }
    : { status: 'failed' as const, error: failure };
  // A worker that says that it failed has done nothing, so another attempt does not repeat anything.
  if (outcome.status === 'failed') world.executed.delete(path);
  const event = { type: 'step_result' as const, path, attempt, outcome };
  world.apply(event);
  // A worker keeps its result until it is acknowledged, so a result that a crash swallowed comes again.
  world.late.push({ ...event, at: 0 });
}

function moveChild(world: World, key: string, child: { path: string; attempt: number; executionId: string }): void {
  const { random } = world;
  world.apply({ type: 'child_started', ...child });
  if (!world.children.has(key) || random.chance(0.5)) return;
  const status = random.pick(['completed', 'completed', 'failed', 'cancelled'] as const);
  const ended = { type: 'child_ended' as const, ...child, status, output: `${child.path}:child` };
  world.children.delete(key);
  world.apply(ended);
  world.late.push({ ...ended, at: 0 });
}

function signal(world: World, name: string): void {
  const id = `sig-${world.journal.length}-${world.random.whole(0, 3)}`;
  const event = { type: 'signal_received' as const, id, name, payload: id };
  world.apply(event);
  if (world.random.chance(0.5)) world.late.push({ ...event, at: 0 });
}

function deliverLate(world: World): void {
  const index = world.random.whole(0, world.late.length - 1);
  const [event] = world.late.splice(index, 1);
  const { crashes } = world;
  if (event) world.apply(event);
  if (event && world.crashes > crashes) world.late.push(event);
}

function checkEnd(world: World, definition: Definition): void {
  const before = world.journal.length;
  for (const task of world.tasks) work(world, task);
  while (world.late.length > 0) deliverLate(world);
  for (const type of ['cancel_requested', 'pause_requested', 'resume_requested', 'continue'] as const)
    world.apply({ type });
  demand(world.journal.length === before, 'records were written after the end');
  for (const [path, times] of world.executed) demand(times <= 1, `${path} of class once ran ${times} times`);
  checkHistory(world.journal, definition, world.state);
}
