import { Type } from 'typebox';
import { describeBuiltIn, type BuiltInStep } from '../step.js';

export const stopStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    type: 'stop',
    title: 'Stop',
    summary: 'Ends the whole run as completed; what still runs is cancelled.',
    configSchema: Type.Object({}, { additionalProperties: false }),
    outputSchema: Type.Null(),
    examples: [{ title: 'Nothing left to do', config: {}, output: null }],
  }),
  start(turn, step) {
    turn.record('step_completed', { output: null }, step, 1);
  },
};
