import type { JsonObject } from '@rpa/contracts';
import { isObject } from '../definition/normalize.js';
import type { StepState } from '../state/step-state.js';
import { stepError } from '../steps/step-failure.js';
import { INLINE_STEPS } from '../steps/built-in-steps.js';
import { adoptStep } from './adopt-step.js';
import { evaluate } from './evaluate.js';
import { failStep } from './fail-step.js';
import { queueStep } from './queue-step.js';
import type { Turn } from './turn.js';

/** Starts a step whose join fired, or its next attempt after a wait. */
export function startStep(turn: Turn, step: StepState): 'done' | 'blocked' {
  if (step.config) return runStep(turn, step, step.config);
  const { node } = step;
  const adopted = adoptStep(turn, step);
  if (adopted !== 'none') return adopted;
  if (node.disabled) {
    turn.record('step_completed', { output: null, disabled: true }, step, 1);
    return 'done';
  }
  if (node.when && !step.admitted) {
    const admitted = evaluate(turn, step.scope, node.when, `${step.path}:when`);
    if (admitted.kind === 'blocked') return 'blocked';
    if (admitted.kind === 'error') return fail(turn, step, admitted.error);
    if (!admitted.value) {
      turn.record('step_skipped', { reason: 'when' }, step);
      return 'done';
    }
    step.admitted = true;
  }
  const config = evaluate(turn, step.scope, node.config, `${step.path}:1`);
  if (config.kind === 'blocked') return 'blocked';
  if (config.kind === 'error') return fail(turn, step, config.error);
  if (!isObject(config.value)) {
    return fail(turn, step, stepError('config_invalid', 'The config did not evaluate to an object'));
  }
  return runStep(turn, step, config.value);
}

function runStep(turn: Turn, step: StepState, config: JsonObject): 'done' | 'blocked' {
  const inline = INLINE_STEPS.get(step.node.type);
  if (inline) return inline(turn, step, config) ?? 'done';
  queueStep(turn, step, config);
  return 'done';
}

function fail(turn: Turn, step: StepState, error: Parameters<typeof failStep>[2]): 'done' {
  failStep(turn, step, error);
  return 'done';
}
