import type { JsonObject } from '@rpa/contracts';
import type { ScopeState } from '../state/scope-state.js';
import { cancelScope } from './cancel-step.js';
import { closeRun } from './close-run.js';
import { windDown } from './wind-down.js';
import { endIteration } from './end-iteration.js';
import type { Turn } from './turn.js';

/** Ends a scope when all its steps have settled, or brings it to its end after a failure, a `break` or a `continue`. */
export function closeScope(turn: Turn, scope: ScopeState): 'done' | 'blocked' {
  if (!scope.owner) return closeRun(turn, scope);
  const { closing, failure } = scope;
  if (closing) {
    if (!cancelScope(turn, scope, closing)) turn.run.agenda.push({ kind: 'close', scope });
    else endIteration(turn, scope, closing === 'break' ? 'broken' : 'continued');
  } else if (failure) {
    if (windDown(turn, scope)) {
      endIteration(turn, scope, 'failed', {
        error: failure.error as unknown as JsonObject,
        stepPath: failure.path,
      });
    }
  } else if (scope.open === 0) {
    endIteration(turn, scope, 'completed');
  }
  return 'done';
}
