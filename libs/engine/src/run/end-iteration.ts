import type { JsonObject } from '@rpa/contracts';
import type { IterationStatus } from '../fold/fold-loop.js';
import type { ScopeState } from '../state/scope-state.js';
import type { Turn } from './turn.js';

export function endIteration(turn: Turn, scope: ScopeState, status: IterationStatus, rest: JsonObject = {}): void {
  turn.record('iteration_ended', { index: scope.index, status, ...rest }, scope.owner);
}
