import { Type } from 'typebox';
import { describeBuiltIn, type BuiltInStep } from '../step.js';

export const transformStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    category: 'data',
    type: 'transform',
    title: 'Transform',
    summary: 'Gives the value that its expressions make.',
    configSchema: Type.Object({ value: Type.Unknown() }, { additionalProperties: false }),
    outputSchema: {},
    examples: [{ title: 'An object', config: { value: { total: 3 } }, output: { total: 3 } }],
  }),
  start(turn, step, config) {
    turn.record('step_completed', { output: config['value'] ?? null }, step, 1);
  },
};
