import type { ExecutionStatus, JsonObject, JsonValue, RecordType } from '@rpa/contracts';
import type { ScopeState } from '../state/scope-state.js';
import { runError, type RunClosing } from '../state/run.js';
import type { RunError } from '../types.js';
import { cancelScope } from './cancel-step.js';
import { evaluate } from './evaluate.js';
import type { Turn } from './turn.js';
import { windDown } from './wind-down.js';

const END_RECORDS: { [status: string]: RecordType } = {
  completed: 'execution_completed',
  failed: 'execution_failed',
  cancelled: 'execution_cancelled',
  timed_out: 'execution_timed_out',
};

/** Ends the run when nothing is left to do, or when something closes it early. */
export function closeRun(turn: Turn, root: ScopeState): 'done' | 'blocked' {
  const { closing } = turn.run;
  if (closing) {
    if (cancelScope(turn, root, reasonOf(closing))) return endAs(turn, closing);
    turn.run.agenda.push({ kind: 'close', scope: root });
    return 'done';
  }
  if (root.failure) {
    if (windDown(turn, root)) endRun(turn, 'failed', null, runError(root.failure.error, root.failure.path));
    return 'done';
  }
  return root.open === 0 ? complete(turn, root) : 'done';
}

function reasonOf(closing: RunClosing): string {
  return closing.status === 'completed' ? 'stop' : closing.status;
}

function endAs(turn: Turn, closing: RunClosing): 'done' | 'blocked' {
  if (closing.status === 'completed') return complete(turn, turn.run.root);
  endRun(turn, closing.status, null, closing.error);
  return 'done';
}

function complete(turn: Turn, root: ScopeState): 'done' | 'blocked' {
  const { only, until } = turn.run.start;
  const target = root.plan.byId.get(only ?? until ?? '');
  if (target) {
    endRun(turn, 'completed', root.steps[target.index]?.output ?? null, null);
    return 'done';
  }
  const template = turn.run.plan.output;
  if (!template) {
    endRun(turn, 'completed', lastOutputs(root), null);
    return 'done';
  }
  const output = evaluate(turn, root, template, 'output', { code: 'output_failed' });
  if (output.kind === 'blocked') return 'blocked';
  if (output.kind === 'error') endRun(turn, 'failed', null, runError(output.error));
  else endRun(turn, 'completed', output.value, null);
  return 'done';
}

/** The outputs of the completed last steps, by id. */
function lastOutputs(root: ScopeState): JsonValue {
  const outputs: JsonObject = {};
  for (const node of root.plan.last) {
    const step = root.steps[node.index];
    if (step?.outcome === 'completed') outputs[node.id] = step.output;
  }
  return outputs;
}

export function endRun(turn: Turn, status: ExecutionStatus, output: JsonValue, error: RunError | null): void {
  if (turn.run.dueAt !== undefined) turn.effect({ type: 'clear_timer', timer: 'run' });
  const data: JsonObject = error ? { error: error as unknown as JsonObject } : { output };
  turn.record(END_RECORDS[status] ?? 'execution_failed', data);
  // As it was journaled: a large output stands in a file by now.
  turn.effect({ type: 'end', status, output: turn.run.end?.output ?? output, error });
}
