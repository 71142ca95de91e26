import { Type } from 'typebox';
import { failStep } from '../../run/fail-step.js';
import { describeBuiltIn, type BuiltInStep } from '../step.js';
import { stepError } from '../step-failure.js';
import { isVariableName } from '../variable-name.js';

export const setVariableStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    category: 'data',
    type: 'set_variable',
    title: 'Set variable',
    summary: 'Writes a variable of the run; evaluating and writing are one turn.',
    configSchema: Type.Object(
      { name: Type.String({ minLength: 1, maxLength: 64 }), value: Type.Unknown() },
      { additionalProperties: false },
    ),
    outputSchema: {},
    errors: [{ code: 'config_invalid', retryable: false, meaning: 'name is no variable name' }],
    examples: [{ title: 'Count', config: { name: 'attempts', value: 1 }, output: 1 }],
  }),
  start(turn, step, config) {
    const { name, value = null } = config;
    if (!isVariableName(name)) {
      const message = 'name must start with a letter and hold letters, digits and _ only, at most 64 characters';
      failStep(turn, step, stepError('config_invalid', message));
      return;
    }
    turn.record('variable_updated', { name, value }, step, 1);
    turn.record('step_completed', { output: value }, step, 1);
  },
};
