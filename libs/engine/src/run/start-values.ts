import type { StartInput } from '../types.js';

/** The names that can be read before any step has run. */
export function startValues(input: StartInput): { [root: string]: unknown } {
  const { at, executionId, inputs, env = {}, workflow, trigger } = input;
  const now = new Date(at).toISOString();
  const execution = { id: executionId, startedAt: now };
  return { inputs, env, workflow, execution, now, trigger: { payload: null, headers: {}, ...trigger } };
}
