import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@rpa/contracts';
import { checkConfig, createEgress, createHttpClient, descriptorOf, type StepFiles } from '@rpa/step-kit';
import { Check } from 'typebox/value';
import { startMessagesApi, type MessagesApi } from '../../test/messages-api.js';
import { Claude } from '../claude/claude.js';
import { aiSteps } from './steps.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const NO_FILES: StepFiles = {
  save: () => Promise.reject(new Error('no step saves files')),
  open: () => {
    throw new Error('no step opens files');
  },
};

describe('step types of ai', () => {
  let api: MessagesApi;
  const egress = createEgress({ allow: [] });
  beforeAll(async () => {
    api = await startMessagesApi();
  });
  afterAll(() => Promise.all([api.close(), egress.close()]));
  const steps = () => aiSteps(new Claude({ apiKey: api.key, baseUrl: api.origin, model: 'claude-sonnet-5-5' }));

  it('are those that have a folder, and describe themselves as data', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(steps().map(({ id }) => id)).toEqual(folders.map(({ name }) => name.replaceAll('-', '_')));
    for (const step of steps()) expect(JSON.parse(JSON.stringify(descriptorOf(step)))).toEqual(descriptorOf(step));
  });

  it('run their examples', async () => {
    let ran = 0;
    for (const step of steps())
      for (const example of step.examples) {
        const { text } = example.output as { text: string };
        api.answer = text;
        checkConfig(step.config, example.config as JsonObject);
        const output = await step.run({
          config: example.config,
          credential: null,
          signal: new AbortController().signal,
          log: quiet,
          idempotencyKey: 'run:path',
          heartbeat: () => undefined,
          traceparent: null,
          http: createHttpClient(egress),
          files: NO_FILES,
        });
        expect(Check(step.output, output)).toBe(true);
        expect(output).toMatchObject({ text, stopReason: 'end_turn' });
        ran++;
      }
    expect(ran).toBeGreaterThan(0);
  });
});
