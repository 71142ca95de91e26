import { Type } from 'typebox';
import { describeBuiltIn, type BuiltInStep } from '../step.js';

export const breakStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    type: 'break',
    title: 'Break',
    summary: 'Ends the innermost loop after this iteration.',
    configSchema: Type.Object({}, { additionalProperties: false }),
    outputSchema: Type.Null(),
    examples: [{ title: 'Always', config: {}, output: null }],
  }),
  start(turn, step) {
    turn.record('step_completed', { output: null }, step, 1);
  },
};
