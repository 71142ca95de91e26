import { Type } from 'typebox';
import { branchesOf } from '../branches.js';
import { describeBuiltIn, type BuiltInStep } from '../step.js';

export const conditionStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    type: 'condition',
    title: 'Condition',
    summary: 'Takes the branch "true" or "false" by an expression.',
    configSchema: Type.Object({ expression: Type.Unknown() }, { additionalProperties: false }),
    outputSchema: Type.Boolean(),
    examples: [{ title: 'Is there anything?', config: { expression: true }, output: true }],
  }),
  start(turn, step, config) {
    const output = Boolean(config['expression']);
    turn.record('step_completed', { output, branches: branchesOf(step.node, output) }, step, 1);
  },
};
