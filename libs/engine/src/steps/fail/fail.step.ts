import { Type } from 'typebox';
import { failStep } from '../../run/fail-step.js';
import { describeBuiltIn, type BuiltInStep } from '../step.js';
import { stepError } from '../step-failure.js';
import { asText } from '../text.js';

export const failStepType: BuiltInStep = {
  descriptor: describeBuiltIn({
    type: 'fail',
    title: 'Fail',
    summary: 'Fails on purpose, with a message of your own.',
    configSchema: Type.Object(
      {
        message: Type.Optional(Type.String({ maxLength: 4096, default: 'Failed by the workflow' })),
        code: Type.Optional(Type.String({ minLength: 1, maxLength: 64, default: 'failed' })),
        details: Type.Optional(Type.Unknown()),
      },
      { additionalProperties: false },
    ),
    outputSchema: Type.Null(),
    errors: [{ code: 'failed', retryable: false, meaning: 'the workflow ended here on purpose' }],
    examples: [{ title: 'Refuse', config: { message: 'The order is empty' } }],
  }),
  start(turn, step, config) {
    const code = typeof config['code'] === 'string' && config['code'] !== '' ? config['code'] : 'failed';
    const message = asText(config['message'] ?? 'Failed by the workflow');
    failStep(turn, step, stepError(code, message, false, config['details']));
  },
};
