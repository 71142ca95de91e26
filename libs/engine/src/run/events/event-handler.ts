import { findStep } from '../../state/find-step.js';
import type { StepState } from '../../state/step-state.js';
import type { RunEvent } from '../../types.js';
import type { Turn } from '../turn.js';

export type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

export type EventHandler<Type extends RunEvent['type'] = RunEvent['type']> = (turn: Turn, event: EventOf<Type>) => void;

/** The step whose present attempt an event is about; `undefined` when that attempt is over or never was. */
export function openAttempt(turn: Turn, event: { path: string; attempt: number }): StepState | undefined {
  if (turn.run.end) return undefined;
  const step = findStep(turn.run, event.path);
  return step?.isActive && step.attempt === event.attempt ? step : undefined;
}
