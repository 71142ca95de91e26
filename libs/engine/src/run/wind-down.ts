import type { ScopeState } from '../state/scope-state.js';
import { isWaitPhase, type StepState } from '../state/step-state.js';
import { cancelScope } from './cancel-step.js';
import type { Turn } from './turn.js';

/**
 * After a failure that nothing handles nothing new starts: what only waits is cancelled, what runs may finish, then the
 * containers end. Gives true once nothing is active any more.
 */
export function windDown(turn: Turn, scope: ScopeState): boolean {
  if (!cancelScope(turn, scope, 'failure', onlyWaits)) {
    turn.run.agenda.push({ kind: 'close', scope });
    return false;
  }
  if (scope.leaves > 0) return false;
  if (cancelScope(turn, scope, 'failure')) return true;
  turn.run.agenda.push({ kind: 'close', scope });
  return false;
}

function onlyWaits(step: StepState): boolean {
  return isWaitPhase(step.phase);
}
