import { Type } from 'typebox';
import { branchesOf } from '../branches.js';
import { describeBuiltIn, type BuiltInStep } from '../step.js';

export const switchStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    type: 'switch',
    title: 'Switch',
    summary: 'Takes the branch that is named like a value, else the branch "default".',
    configSchema: Type.Object({ value: Type.Unknown() }, { additionalProperties: false }),
    outputSchema: {},
    examples: [{ title: 'By country', config: { value: 'de' }, output: 'de' }],
  }),
  start(turn, step, config) {
    const output = config['value'] ?? null;
    turn.record('step_completed', { output, branches: branchesOf(step.node, output) }, step, 1);
  },
};
