import type { JsonObject } from '@rpa/contracts';
import type { StepState } from '../state/step-state.js';
import { stepError } from '../steps/step-failure.js';
import type { Adoption } from '../types.js';
import { failStep } from './fail-step.js';
import { armTimeout } from './step-timers.js';
import type { Turn } from './turn.js';

type Settled = Omit<Extract<Adoption, { kind: 'settled' }>, 'kind'>;

/** Takes over what a pin or the former run gives for a step; `none`: it runs. */
export function adoptStep(turn: Turn, step: StepState): 'done' | 'blocked' | 'none' {
  const { run } = turn;
  const pinned = run.adopt.get(step.path);
  if (pinned) return take(turn, step, pinned);
  if (run.start.adoptFrom === undefined || step.adoption === 'none') return 'none';
  const adoption = run.adoptions.get(step.path);
  if (adoption !== undefined) return takeFormer(turn, step, adoption);
  if (step.adoption === undefined) turn.adopt(step.path);
  step.adoption = 'asked';
  return 'blocked';
}

function takeFormer(turn: Turn, step: StepState, adoption: Adoption | null): 'done' | 'none' {
  step.adoption = 'none';
  // The child stays here until it is started.
  if (adoption?.kind === 'child') return 'none';
  turn.run.adoptions.delete(step.path);
  switch (adoption?.kind) {
    case 'settled':
      return take(turn, step, adoption);
    case 'planned':
      return plan(turn, step, adoption.data);
    case 'gone':
      failStep(
        turn,
        step,
        stepError('adoption_gone', 'The journal of the run that this one repeats is not kept any more'),
      );
      return 'done';
    default:
      return 'none';
  }
}

/**
 * Steps that write variables run again, since their effect lies in the run and not in their output; so do failures that
 * nothing handles.
 */
function take(
  turn: Turn,
  step: StepState,
  { status, output = null, error = null, attempt = 1 }: Settled,
): 'done' | 'none' {
  if (step.node.writesVariables) return 'none';
  const handled = status === 'failed' && step.node.onError !== 'fail';
  if (status !== 'completed' && status !== 'skipped' && !handled) return 'none';
  turn.record('step_adopted', { status, output, error: error as unknown as JsonObject | null }, step, attempt);
  return 'done';
}

/** The same items as in the former run, so that what it did for the third of them stays with the third. */
function plan(turn: Turn, step: StepState, { deadline: _, ...data }: JsonObject): 'done' | 'none' {
  if (step.node.type !== 'foreach') return 'none';
  armTimeout(turn, step, data);
  turn.record('iterations_planned', data, step, 1);
  return 'done';
}
