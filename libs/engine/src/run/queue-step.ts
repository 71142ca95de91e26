import type { JsonObject, SideEffect } from '@rpa/contracts';
import type { PlanNode } from '../plan/plan.js';
import type { Run } from '../state/run.js';
import type { StepState } from '../state/step-state.js';
import type { DispatchEffect } from '../types.js';
import type { Turn } from './turn.js';

/** Hands a step's next attempt to workers. The evaluated config is journaled with the first attempt and never evaluated again. */
export function queueStep(turn: Turn, step: StepState, config: JsonObject): void {
  const attempt = step.attempt + 1;
  const data: JsonObject = { delivery: 1 };
  if (!step.config) Object.assign(data, { stepType: step.node.type, typeVersion: step.node.typeVersion, config });
  turn.record('step_queued', data, step, attempt);
  turn.effect(dispatchOf(turn.run, step));
}

/** The dispatch of a queued step's present delivery; it follows from the state alone. */
export function dispatchOf(run: Run, step: StepState): DispatchEffect {
  const { node } = step;
  const config = step.config ?? {};
  const effect: DispatchEffect = {
    type: 'dispatch',
    path: step.path,
    stepId: node.id,
    attempt: step.attempt,
    delivery: step.delivery,
    stepType: node.type,
    typeVersion: node.typeVersion,
    pool: node.pool,
    config,
    timeoutMs: node.timeoutMs,
    sideEffect: sideEffectOf(step, config),
    idempotencyKey: `${run.executionId}:${step.path}`,
    priority: run.priority,
  };
  if (node.credential !== undefined) effect.credential = node.credential;
  if (step.crashes > 0) effect.crashes = step.crashes;
  if (step.worker !== undefined) effect.worker = step.worker;
  return effect;
}

export function sideEffectOf(step: StepState, config: JsonObject = step.config ?? {}): SideEffect {
  return sideEffectClass(step.node, config);
}

/** The class of a step with this evaluated config. */
export function sideEffectClass({ sideEffect }: PlanNode, config: JsonObject): SideEffect {
  if (typeof sideEffect === 'string') return sideEffect;
  const { field, values } = sideEffect;
  if (field === undefined || values === undefined) return sideEffect.default;
  const value = String(config[field]);
  return Object.hasOwn(values, value) ? (values[value] ?? sideEffect.default) : sideEffect.default;
}
