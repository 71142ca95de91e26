import Type from 'typebox';
import { defineStep } from '../src/step/define-step.js';
import { StepFailure } from '../src/step/step-failure.js';

export const POOL = 'host_test';
/** Idempotency keys of the attempts that ran, and why they were told to end. */
export const runs: string[] = [];
export const signals: unknown[] = [];

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const probe = defineStep({
  id: 'probe',
  version: 1,
  title: 'Probe',
  summary: 'Does what its config says',
  category: 'other',
  config: Type.Object(
    {
      say: Type.Optional(Type.String()),
      sleepMs: Type.Optional(Type.Integer({ minimum: 0 })),
      fail: Type.Optional(Type.String()),
      unknown: Type.Optional(Type.Boolean()),
      deaf: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
  output: Type.Unknown(),
  sideEffect: { default: 'pure' },
  timeout: '30s',
  errors: [],
  examples: [],
  pool: POOL,
  async run({ config, signal, log, idempotencyKey, traceparent }) {
    runs.push(idempotencyKey);
    log.info(`says ${config.say ?? 'nothing'}`);
    if (config.deaf) await sleep(config.sleepMs ?? 0);
    else
      await new Promise((resolve, reject) => {
        setTimeout(resolve, config.sleepMs ?? 0).unref();
        signal.addEventListener('abort', () => (signals.push(signal.reason), reject(new Error('told to end'))));
      });
    if (config.fail === 'crash') throw new TypeError('inside');
    if (config.fail)
      throw new StepFailure(config.fail, 'as asked', { retryable: true, effectUnknown: config.unknown ?? false });
    return { said: config.say ?? null, traceparent };
  },
});
