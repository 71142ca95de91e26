import type { JsonObject } from '@rpa/contracts';
import { Type } from 'typebox';
import { parseDuration } from '../../definition/duration.js';
import { failStep } from '../../run/fail-step.js';
import { armTimeout } from '../../run/step-timers.js';
import { describeBuiltIn, type BuiltInStep } from '../step.js';
import { stepError } from '../step-failure.js';

export const waitForSignalStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    type: 'wait_for_signal',
    title: 'Wait for a signal',
    summary: 'Waits for a signal by name and gives its payload; one that came early counts.',
    configSchema: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 128 }),
        timeout: Type.Optional(Type.String({ format: 'rpa-duration' })),
        schema: Type.Optional(Type.Object({}, { additionalProperties: true })),
      },
      { additionalProperties: false },
    ),
    outputSchema: {},
    errors: [{ code: 'signal_timeout', retryable: false, meaning: 'no signal came in time' }],
    examples: [{ title: 'Payment', config: { name: 'paid', timeout: '2d' } }],
  }),
  start(turn, step, config) {
    const { name, timeout } = config;
    const limit = parseDuration(timeout);
    if (typeof name !== 'string' || name === '' || (timeout !== undefined && limit === undefined)) {
      failStep(turn, step, stepError('config_invalid', 'name must be a text and timeout a duration such as 2d'));
      return;
    }
    const early = turn.run.earlySignals.find((signal) => signal.name === name);
    if (early) {
      turn.record('step_completed', { output: early.payload, signal: early.id }, step, 1);
      return;
    }
    const data: JsonObject = { kind: 'signal', name };
    if (limit !== undefined) Object.assign(data, { timer: `signal:${step.path}:1`, dueAt: turn.at + limit });
    armTimeout(turn, step, data);
    turn.record('step_waiting', data, step, 1);
    if (limit !== undefined) turn.effect({ type: 'set_timer', timer: `signal:${step.path}:1`, dueAt: turn.at + limit });
  },
};
