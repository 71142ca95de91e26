import type { JsonObject } from '@rpa/contracts';
import { Type } from 'typebox';
import { parseDuration } from '../../definition/duration.js';
import { failStep } from '../../run/fail-step.js';
import { armTimeout } from '../../run/step-timers.js';
import { describeBuiltIn, type BuiltInStep } from '../step.js';
import { stepError } from '../step-failure.js';

export const delayStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    type: 'delay',
    title: 'Delay',
    summary: 'Waits for a duration or until a point in time.',
    configSchema: {
      oneOf: [
        Type.Object({ duration: Type.String({ format: 'rpa-duration' }) }, { additionalProperties: false }),
        Type.Object({ until: Type.String() }, { additionalProperties: false }),
      ],
    },
    outputSchema: Type.Null(),
    errors: [{ code: 'config_invalid', retryable: false, meaning: 'no duration or no point in time' }],
    examples: [{ title: 'Half a minute', config: { duration: '30s' }, output: null }],
  }),
  start(turn, step, config) {
    const dueAt = dueTime(config, turn.at);
    if (dueAt === undefined) {
      const message = 'duration must be a text such as 30s (at most 3650d), or until an RFC 3339 time';
      failStep(turn, step, stepError('config_invalid', message));
      return;
    }
    if (dueAt <= turn.at) {
      turn.record('step_completed', { output: null }, step, 1);
      return;
    }
    const timer = `delay:${step.path}:1`;
    const data: JsonObject = { kind: 'delay', timer, dueAt };
    armTimeout(turn, step, data);
    turn.record('step_waiting', data, step, 1);
    turn.effect({ type: 'set_timer', timer, dueAt });
  },
};

const FARTHEST = 8.64e15 / 2;

function dueTime(config: JsonObject, at: number): number | undefined {
  const { duration, until } = config;
  if (duration !== undefined) {
    const milliseconds = parseDuration(duration);
    return milliseconds === undefined ? undefined : at + milliseconds;
  }
  const time = typeof until === 'string' || typeof until === 'number' ? new Date(until).getTime() : NaN;
  return Number.isFinite(time) && time < FARTHEST ? time : undefined;
}
