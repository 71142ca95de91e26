import type { JsonObject, JsonValue } from '@rpa/contracts';
import { Type } from 'typebox';
import { isObject } from '../../definition/normalize.js';
import { failStep } from '../../run/fail-step.js';
import { describeBuiltIn, type BuiltInStep } from '../step.js';
import { stepError } from '../step-failure.js';
import { asText } from '../text.js';

export const respondStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    category: 'network',
    type: 'respond',
    title: 'Respond',
    summary: 'Answers the webhook that started the run; the first answer counts.',
    configSchema: Type.Object(
      {
        status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599, default: 200 })),
        headers: Type.Optional(Type.Object({}, { additionalProperties: true })),
        body: Type.Optional(Type.Unknown()),
      },
      { additionalProperties: false },
    ),
    outputSchema: Type.Object({ delivered: Type.Boolean() }),
    errors: [{ code: 'config_invalid', retryable: false, meaning: 'status or headers cannot be sent' }],
    examples: [{ title: 'Accepted', config: { status: 202, body: { ok: true } }, output: { delivered: false } }],
  }),
  start(turn, step, config) {
    const { status = 200, headers = {}, body = null } = config;
    if (!Number.isInteger(status) || Number(status) < 200 || Number(status) > 599 || !isObject(headers)) {
      failStep(turn, step, stepError('config_invalid', 'status must be 200 to 599 and headers an object of texts'));
      return;
    }
    const { run } = turn;
    const { hasWaiter, waiterUntil = Infinity } = run.start;
    const delivered = hasWaiter === true && run.response === undefined && turn.at <= waiterUntil;
    if (delivered) {
      const response = { status: Number(status), headers: headerTexts(headers), body };
      turn.record('response_sent', response as unknown as JsonObject, step, 1);
      // As it was journaled: a large body stands in a file by now.
      turn.effect({ type: 'respond', ...(run.response ?? response) });
    }
    turn.record('step_completed', { output: { delivered } }, step, 1);
  },
};

function headerTexts(headers: JsonObject): { [name: string]: string } {
  const texts: [string, string][] = [];
  for (const [name, value] of Object.entries(headers) as [string, JsonValue][]) {
    if (name !== '__proto__' && value !== null) texts.push([name, asText(value)]);
  }
  return Object.fromEntries(texts);
}
