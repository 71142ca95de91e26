import type { JsonObject } from '@rpa/contracts';
import { ExpressionError } from '@rpa/expressions';
import type { StartedData } from '../fold/fold-started.js';
import { foldStarted } from '../fold/fold-started.js';
import { isObject } from '../definition/normalize.js';
import type { Plan } from '../plan/plan.js';
import type { StartInput, Transition } from '../types.js';
import type { JournalRecord } from '@rpa/contracts';
import { advance } from './advance.js';
import { endRun } from './close-run.js';
import { putAway, type Filing } from './put-away.js';
import { startValues } from './start-values.js';
import { Turn } from './turn.js';

/**
 * Starts a run: its first record is `execution_started`, and all inline work that can be done at once is done. Inputs
 * are not checked here (see validateInputs). Values that are too large for the journal go through `filing`.
 */
export function startRun(plan: Plan, input: StartInput, filing?: Filing): Transition {
  const { at, ...start } = input;
  const variables = initialVariables(plan, input);
  const data: StartedData = { ...start, variables: variables instanceof ExpressionError ? {} : variables };
  const kept = putAway('execution_started', data as unknown as JsonObject, filing);
  const record: JournalRecord = { seq: 1, type: 'execution_started', at, data: kept };
  const run = foldStarted(plan, record);
  const turn = new Turn(run, at, filing);
  turn.records.push(record);
  if (variables instanceof ExpressionError) {
    endRun(turn, 'failed', null, { code: 'expression_failed', message: `variables: ${variables.message}` });
    return turn.finish();
  }
  if (run.dueAt !== undefined) turn.effect({ type: 'set_timer', timer: 'run', dueAt: run.dueAt });
  advance(turn);
  return turn.finish();
}

function initialVariables(plan: Plan, input: StartInput): JsonObject | ExpressionError {
  if (!plan.variables) return {};
  try {
    const variables = plan.variables.evaluate(startValues(input), {
      now: input.at,
      seed: `${input.executionId}:variables`,
    });
    return isObject(variables) ? variables : {};
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
}
