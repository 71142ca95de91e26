import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@rpa/contracts';
import { checkConfig, createEgress, createHttpClient, descriptorOf, type Egress } from '@rpa/step-kit';
import { Check } from 'typebox/value';
import { startApiServer, type ApiServer } from '../../test/api-server.js';
import { MemoryFiles } from '../../test/memory-files.js';
import { STEPS } from './steps.js';

/** Host of the examples; a local server stands in for it. */
const EXAMPLE_ORIGIN = 'https://api.example.com';
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('step types of the worker', () => {
  let api: ApiServer;
  let egress: Egress;
  beforeAll(async () => {
    api = await startApiServer();
    egress = createEgress({ allow: [api.host] });
  });
  afterAll(() => Promise.all([api.close(), egress.close()]));

  it('are those that have a folder', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const ids = folders.map(({ name }) => name.replaceAll('-', '_'));
    expect(STEPS.map(({ id }) => id).sort()).toEqual(ids.sort());
  });

  it.each(STEPS.map((step) => [step.id, step] as const))('%s describes itself as data', (_, step) => {
    const descriptor = descriptorOf(step);
    expect(JSON.parse(JSON.stringify(descriptor))).toEqual(descriptor);
    expect(descriptor).toMatchObject({ type: step.id, configSchema: { type: 'object', additionalProperties: false } });
    expect(descriptor.examples.length).toBeGreaterThan(0);
    const fields = Object.keys(descriptor.configSchema['properties'] as object);
    for (const field of Object.keys(step.ui ?? {})) expect(fields).toContain(field);
  });

  const examples = STEPS.flatMap((step) => step.examples.map((example) => ({ step, example, name: example.title })));

  it.each(examples)('$step.id: $name', async ({ step, example }) => {
    const expected = example.output as { status: number; headers: Record<string, string>; body: unknown } | undefined;
    api.answerWith(() =>
      expected ? { headers: expected.headers, body: JSON.stringify(expected.body) } : { body: 'fine' },
    );
    const config = JSON.parse(JSON.stringify(example.config).replaceAll(EXAMPLE_ORIGIN, api.origin)) as JsonObject;
    checkConfig(step.config, config);
    const output = await step.run({
      config,
      credential: null,
      signal: new AbortController().signal,
      log: quiet,
      idempotencyKey: 'run:path',
      heartbeat: () => undefined,
      traceparent: null,
      http: createHttpClient(egress),
      files: new MemoryFiles(),
    });
    expect(Check(step.output, output)).toBe(true);
    if (example.output !== undefined && example.output !== null) expect(output).toMatchObject(example.output as object);
  });
});
