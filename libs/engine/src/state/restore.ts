import type { JsonObject, JsonValue } from '@rpa/contracts';
import type { Plan } from '../plan/plan.js';
import type { RunState, StartInput } from '../types.js';
import { findStep } from './find-step.js';
import { LoopState } from './loop-state.js';
import { Run, type EarlySignal } from './run.js';
import { ScopeState } from './scope-state.js';
import { SNAPSHOT_FORMAT } from './snapshot.js';
import { isLeafPhase, isWaitPhase, type StepState } from './step-state.js';
import type { Task } from './agenda.js';

/** The state that a snapshot was taken of. Throws when the snapshot has a format that this version does not read. */
export function restoreState(plan: Plan, snapshot: JsonValue): RunState {
  const saved = snapshot as JsonObject;
  if (saved['format'] !== SNAPSHOT_FORMAT) {
    throw new Error(`Snapshot format ${String(saved['format'])} cannot be read; replay the journal instead`);
  }
  const run = new Run(plan, saved['start'] as unknown as StartInput);
  const { seq, startedAt, lastAt, variables, paused, closing, end, response, dueAt, remainingMs } = saved;
  const { holdsFiles, settledSteps } = saved;
  Object.assign(run, { seq, startedAt, lastAt, variables, paused, closing, end, response, dueAt, remainingMs });
  Object.assign(run, { holdsFiles, settledSteps });
  run.earlySignals = saved['earlySignals'] as unknown as EarlySignal[];
  for (const id of saved['seenSignals'] as string[]) run.seenSignals.add(id);
  for (const adopted of run.start.adopt ?? []) run.adopt.set(adopted.path, adopted);
  restoreScope(run, run.root, saved['root'] as JsonObject);
  for (const [name, paths] of saved['signalWaiters'] as [string, string[]][]) {
    run.signalWaiters.set(
      name,
      paths.map((path) => findStep(run, path)).filter((step) => step !== undefined),
    );
  }
  for (const [kind, place] of saved['agenda'] as [Task['kind'], string][]) restoreTask(run, kind, place);
  return run;
}

function restoreScope(run: Run, scope: ScopeState, saved: JsonObject): void {
  const { open, failure, closing } = saved;
  Object.assign(scope, { open, failure, closing });
  for (const entry of saved['steps'] as JsonObject[]) {
    const node = scope.plan.byId.get(entry['id'] as string);
    if (node) restoreStep(run, scope.step(node), entry);
  }
}

function restoreStep(run: Run, step: StepState, saved: JsonObject): void {
  const { id: _id, loop, ...fields } = saved;
  Object.assign(step, fields);
  countStep(run, step);
  if (loop !== undefined) restoreLoop(run, step, loop as JsonObject);
}

function countStep(run: Run, { phase, scope }: StepState): void {
  if (!isLeafPhase(phase)) return;
  if (phase === 'queued') run.busy++;
  else if (phase === 'deciding') run.deciding++;
  else run.waiting++;
  for (let around: ScopeState | undefined = scope; around; around = around.parent) {
    around.leaves++;
    if (isWaitPhase(phase)) around.waits++;
  }
}

function restoreLoop(run: Run, step: StepState, saved: JsonObject): void {
  const { running, ...fields } = saved;
  const { body } = step.node;
  if (!body) return;
  const loop = new LoopState();
  Object.assign(loop, fields);
  step.loop = loop;
  for (const entry of running as JsonObject[]) {
    const scope = new ScopeState(body, step, entry['index'] as number);
    loop.running.set(scope.index, scope);
    restoreScope(run, scope, entry);
  }
}

function restoreTask(run: Run, kind: Task['kind'], place: string): void {
  if (kind === 'close') {
    const scope = scopeAt(run, place);
    if (scope) run.agenda.push({ kind, scope });
    return;
  }
  const step = findStep(run, place);
  if (step) run.agenda.push({ kind, step });
}

/** `each.3.` is the scope of iteration 3 of `each`, the empty prefix the run's own. */
function scopeAt(run: Run, prefix: string): ScopeState | undefined {
  if (prefix === '') return run.root;
  const iteration = prefix.slice(0, -1);
  const dot = iteration.lastIndexOf('.');
  return findStep(run, iteration.slice(0, dot))?.loop?.running.get(Number(iteration.slice(dot + 1)));
}
