import type { JsonObject } from '@rpa/contracts';
import { Type } from 'typebox';
import { LIMITS } from '../../definition/limits.js';
import { faultOf } from '../../run/evaluate.js';
import { failStep } from '../../run/fail-step.js';
import { armTimeout } from '../../run/step-timers.js';
import { fileId } from '../../state/file-references.js';
import { describeBuiltIn, type BuiltInStep } from '../step.js';
import { stepError } from '../step-failure.js';

export const foreachStep: BuiltInStep = {
  descriptor: describeBuiltIn({
    type: 'foreach',
    title: 'For each',
    summary: 'Runs its body once for every item of a list; the output is the list of what each item gave.',
    configSchema: Type.Object(
      {
        items: Type.Array(Type.Unknown()),
        concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1 })),
        onItemError: Type.Optional(Type.Union([Type.Literal('fail'), Type.Literal('continue')], { default: 'fail' })),
      },
      { additionalProperties: false },
    ),
    outputSchema: Type.Array(Type.Unknown()),
    errors: [
      { code: 'items_not_array', retryable: false, meaning: 'items did not evaluate to an array' },
      { code: 'too_many_items', retryable: false, meaning: `more than ${LIMITS.items} items` },
    ],
    examples: [{ title: 'Two at a time', config: { items: [1, 2, 3], concurrency: 2 } }],
  }),
  start(turn, step, config) {
    let items = config['items'] ?? null;
    const file = fileId(items);
    if (file !== undefined) {
      const fault = faultOf(turn.run, [file]);
      if (fault) {
        failStep(turn, step, fault);
        return;
      }
      const contents = turn.run.loaded.get(file);
      if (contents === undefined) {
        turn.load([file]);
        return 'blocked';
      }
      items = contents;
    }
    const faulty = faultIn(items, config);
    if (faulty || !Array.isArray(items)) {
      failStep(turn, step, faulty ?? notAnArray(items));
      return;
    }
    if (items.length === 0) {
      turn.record('step_completed', { output: [] }, step, 1);
      return;
    }
    const data: JsonObject = { items: file === undefined ? items : (config['items'] ?? null), count: items.length };
    if (config['concurrency'] !== undefined) data['concurrency'] = config['concurrency'];
    if (config['onItemError'] !== undefined) data['onItemError'] = config['onItemError'];
    armTimeout(turn, step, data);
    turn.record('iterations_planned', data, step, 1);
  },
};

function faultIn(items: unknown, config: JsonObject) {
  if (!Array.isArray(items)) return notAnArray(items);
  if (items.length > LIMITS.items) {
    return stepError('too_many_items', `items holds ${items.length} entries; at most ${LIMITS.items} are allowed`);
  }
  const { concurrency = 1, onItemError = 'fail' } = config;
  if (!Number.isInteger(concurrency) || Number(concurrency) < 1) {
    return stepError('config_invalid', 'concurrency must be a whole number from 1');
  }
  if (onItemError !== 'fail' && onItemError !== 'continue') {
    return stepError('config_invalid', 'onItemError must be fail or continue');
  }
  return undefined;
}

function notAnArray(items: unknown) {
  const kind = items === null ? 'null' : typeof items;
  return stepError('items_not_array', `items must be an array, but is ${kind === 'object' ? 'an object' : kind}`);
}
