import { Type } from 'typebox';
import { describeBuiltIn, type BuiltInStep } from '../step.js';

export const continueStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    type: 'continue',
    title: 'Continue',
    summary: 'Ends this iteration of the innermost loop.',
    configSchema: Type.Object({}, { additionalProperties: false }),
    outputSchema: Type.Null(),
    examples: [{ title: 'Always', config: {}, output: null }],
  }),
  start(turn, step) {
    turn.record('step_completed', { output: null }, step, 1);
  },
};
