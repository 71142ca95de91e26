import { Type } from 'typebox';
import { describeBuiltIn, type BuiltInStep } from '../step.js';
import { asText } from '../text.js';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export const logStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    type: 'log',
    title: 'Log',
    summary: 'Writes a line to the log of the execution.',
    configSchema: Type.Object(
      {
        message: Type.Unknown(),
        level: Type.Optional(
          Type.Union(
            LEVELS.map((level) => Type.Literal(level)),
            { default: 'info' },
          ),
        ),
      },
      { additionalProperties: false },
    ),
    outputSchema: Type.Null(),
    examples: [{ title: 'A warning', config: { message: 'stock is low', level: 'warn' }, output: null }],
  }),
  start(turn, step, config) {
    const message = asText(config['message']);
    const level = LEVELS.find((known) => known === config['level']) ?? 'info';
    turn.record('step_completed', { output: null, log: { level, message } }, step, 1);
    turn.effect({ type: 'log', path: step.path, level, message });
  },
};
