import type { JsonObject } from '@rpa/contracts';
import { Type } from 'typebox';
import { LIMITS } from '../../definition/limits.js';
import { failStep } from '../../run/fail-step.js';
import { armTimeout } from '../../run/step-timers.js';
import { describeBuiltIn, type BuiltInStep } from '../step.js';
import { stepError } from '../step-failure.js';

const DEFAULT_ITERATIONS = 1000;

export const whileStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    type: 'while',
    title: 'While',
    summary: 'Repeats its body as long as a condition holds; gives the number of turns and what the last one gave.',
    configSchema: Type.Object(
      {
        condition: Type.Unknown(),
        maxIterations: Type.Optional(
          Type.Integer({ minimum: 1, maximum: LIMITS.iterations, default: DEFAULT_ITERATIONS }),
        ),
      },
      { additionalProperties: false },
    ),
    outputSchema: Type.Object({ iterations: Type.Integer(), last: Type.Unknown() }),
    errors: [
      { code: 'max_iterations', retryable: false, meaning: 'the condition still held after maxIterations turns' },
    ],
    examples: [{ title: 'Three turns', config: { condition: '{{ loop.index < 3 }}', maxIterations: 10 } }],
  }),
  start(turn, step, config) {
    const count = config['maxIterations'] ?? DEFAULT_ITERATIONS;
    if (!Number.isInteger(count) || Number(count) < 1 || Number(count) > LIMITS.iterations) {
      const message = `maxIterations must be a whole number from 1 to ${LIMITS.iterations}`;
      failStep(turn, step, stepError('config_invalid', message));
      return;
    }
    const data: JsonObject = { count };
    armTimeout(turn, step, data);
    turn.record('iterations_planned', data, step, 1);
  },
};
