import { Type } from 'typebox';
import { branchesOf } from '../branches.js';
import { describeBuiltIn, type BuiltInStep } from '../step.js';

export const parallelStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    type: 'parallel',
    title: 'Parallel',
    summary: 'Takes all of its branches at once.',
    configSchema: Type.Object({}, { additionalProperties: false }),
    outputSchema: Type.Null(),
    examples: [{ title: 'Fan out', config: {}, output: null }],
  }),
  start(turn, step) {
    turn.record('step_completed', { output: null, branches: branchesOf(step.node, null) }, step, 1);
  },
};
