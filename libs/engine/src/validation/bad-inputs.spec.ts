import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@rpa/contracts';
import { gives, run, STEP_TYPES } from '../../test/test-run.js';
import { validateDefinition } from './validate-definition.js';

const CORPUS = new URL('../../test/corpora/bad-inputs.txt', import.meta.url);
const rows = readFileSync(CORPUS, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split('\t') as [string, string, string]);

const work = (step: JsonObject) => ({ type: 'work', ...step });
const stepWith = (rest: JsonObject) => ({ steps: [work({ id: 'a', ...rest })] });
const codes = (definition: unknown, options: object = {}) =>
  validateDefinition(definition, { stepTypes: STEP_TYPES, ...options }).errors.map((error) => error.code);

const ok: string[] = [];
/** What a row means in our own field names, and the codes that it gives; rows that other services answer are named so. */
const OURS: {
  [input: string]: { definition?: unknown; codes: string[]; options?: object } | 'elsewhere' | (() => void);
} = {
  '{"steps":[{"id":"a","next":["a"]}]}': { definition: stepWith({ next: ['a'] }), codes: ['cycle'] },
  '@gen: cycle of length 10000': { definition: { steps: ring(10_000) }, codes: ['cycle'] },
  '{}': { definition: {}, codes: ['steps_required'] },
  '{"steps":{}}': { definition: { steps: {} }, codes: ['steps_required'] },
  '{"steps":[[]]}': { definition: { steps: [[]] }, codes: ['invalid_type'] },
  '{"steps":[{"id":"a","next":["b","b"]},{"id":"b"}]}': {
    definition: { steps: [work({ id: 'a', next: ['b', 'b'] }), work({ id: 'b' })] },
    codes: ['duplicate_edge'],
  },
  '@gen: two disconnected components': { definition: { steps: [work({ id: 'a' }), work({ id: 'b' })] }, codes: ok },
  '@gen: 100000-step chain': { definition: { steps: chain(100_000) }, codes: ['definition_too_large'] },
  '@gen: diamond x 30 (2^30 paths)': { definition: { steps: diamonds(30) }, codes: ok },
  '@gen: parallel branch that never reaches the join (filtered out)': () => {
    const steps = [gives('a', 1, { when: false, next: ['j'] }), gives('b', 1, { next: ['j'] }), gives('j', 1)];
    expect(run(steps).end?.status).toBe('completed');
  },
  '@gen: sub-workflow calling itself': () => {
    const steps = [{ id: 'self', type: 'sub_workflow', config: { workflow: 'me' } }];
    expect(run(steps, {}, { depth: 16 }).end?.error?.code).toBe('depth_exceeded');
  },
  '@gen: 1000-deep nested if/else blocks': { definition: { steps: nested(1000) }, codes: ['nesting_too_deep'] },
  '{"steps":[{"id":"a"},{"id":"a"}]}': {
    definition: { steps: [work({ id: 'a' }), work({ id: 'a' })] },
    codes: ['duplicate_id'],
  },
  '{"steps":[{"id":"caf\\u00e9"},{"id":"cafe\\u0301"}]}': {
    definition: { steps: [work({ id: 'café' }), work({ id: 'café' })] },
    codes: ['invalid_id', 'invalid_id'],
  },
  '{"steps":[{"id":"__proto__"}]}': { definition: stepWith({ id: '__proto__' }), codes: ['invalid_id'] },
  '{"steps":[{"id":"prototype"}]}': { definition: stepWith({ id: 'prototype' }), codes: ['reserved_id'] },
  '{"steps":[{"id":"hasOwnProperty"}]}': { definition: stepWith({ id: 'hasOwnProperty' }), codes: ['invalid_id'] },
  '{"steps":[{"id":"__defineGetter__"}]}': { definition: stepWith({ id: '__defineGetter__' }), codes: ['invalid_id'] },
  '{"steps":[{"id":"toJSON"}]}': { definition: stepWith({ id: 'toJSON' }), codes: ['invalid_id'] },
  '{"steps":[{"id":""}]}': { definition: stepWith({ id: '' }), codes: ['invalid_id'] },
  '{"steps":[{"id":"a.b"}]}': { definition: stepWith({ id: 'a.b' }), codes: ['invalid_id'] },
  '{"steps":[{"id":"*"}]}': { definition: stepWith({ id: '*' }), codes: ['invalid_id'] },
  '{"steps":[{"id":"a\\u0000b"}]}': {
    definition: stepWith({ id: 'a\u0000b' }),
    codes: ['nul_character', 'invalid_id'],
  },
  '@gen: id of 10000 chars': { definition: stepWith({ id: 'a'.repeat(10_000) }), codes: ['invalid_id'] },
  '{"steps":[{"id":["a"]}]}': { definition: stepWith({ id: ['a'] }), codes: ['invalid_type'] },
  '{"steps":[{"id":"a","type":"nope"}]}': { definition: stepWith({ type: 'nope' }), codes: ['unknown_step_type'] },
  '{"steps":[{"id":"a","type":"constructor"}]}': {
    definition: stepWith({ type: 'constructor' }),
    codes: ['unknown_step_type'],
  },
  '{"steps":[{"id":"a","type":"http","config":{"url":["http://x","http://127.0.0.1"]}}]}': {
    definition: stepWith({ type: 'web', config: { url: ['http://x', 'http://127.0.0.1'] } }),
    codes: ['config_invalid'],
    options: { stepTypes: [{ type: 'web', version: 1, configSchema: { properties: { url: { type: 'string' } } } }] },
  },
  '{"steps":[{"id":"a","type":"http","config":{"headers":{"__proto__":{"x":1}}}}]}': {
    definition: JSON.parse('{"steps":[{"id":"a","type":"work","config":{"headers":{"__proto__":{"x":1}}}}]}'),
    codes: ['reserved_key'],
  },
  '{"steps":[{"id":"a","credentialId":"<other project id>"}]}': {
    definition: stepWith({ credential: 'theirs' }),
    codes: ['unknown_credential'],
    options: { credentials: ['ours'] },
  },
  '{"active":"false"}': { definition: { ...stepWith({}), active: 'false' }, codes: ['unknown_field'] },
  '{"ownerId":"someone-else","role":"admin","steps":[]}': {
    definition: { ownerId: 'someone-else', role: 'admin', steps: [] },
    codes: ['steps_required', 'unknown_field', 'unknown_field'],
  },
  '{"timeoutMs":-1}': { definition: stepWith({ timeout: -1 }), codes: ['invalid_value'] },
  '{"timeoutMs":2147483648}': { definition: stepWith({ timeout: '2147483648ms' }), codes: ok },
  '{"timeoutMs":0.1}': { definition: stepWith({ timeout: '0.1ms' }), codes: ['invalid_value'] },
  '{"timeoutMs":"1e3"}': { definition: stepWith({ timeout: '1e3ms' }), codes: ['invalid_value'] },
  '{"retry":{"max":-1}}': { definition: stepWith({ retry: { maxAttempts: -1 } }), codes: ['invalid_value'] },
  '{"retry":{"max":5,"backoff":0.5}}': {
    definition: stepWith({ retry: { maxAttempts: 5, backoff: 0.5 } }),
    codes: ['invalid_value'],
  },
  '{"concurrency":0}': {
    definition: {
      steps: [{ id: 'a', type: 'foreach', config: { items: [], concurrency: 0 }, steps: [work({ id: 'b' })] }],
    },
    codes: ['config_invalid'],
  },
  '{"amount":0.1}': {
    definition: stepWith({ config: { amount: 0.1, large: 12345678901234567890 } }),
    codes: ['unsafe_number'],
  },
  '{"name":"a\\u0000b"}': { definition: stepWith({ name: 'a\u0000b' }), codes: ['nul_character'] },
  '@gen: description of 100 MB': {
    definition: stepWith({ notes: 'x'.repeat(6_000_000) }),
    codes: ['definition_too_large'],
  },
  '{"name":"=cmd|\' /C calc\'!A0"}': 'elsewhere',
  '{"name":"{{constructor.constructor(\'return process\')()}}"}': {
    definition: stepWith({ name: "{{constructor.constructor('return process')()}}" }),
    codes: ok,
  },
  '{"name":"\'; DROP TABLE workflows;--"}': { definition: stepWith({ name: "'; DROP TABLE workflows;--" }), codes: ok },
  '{"name":"a\\nFAKE LOG LINE level=info"}': {
    definition: stepWith({ name: 'a\nFAKE LOG LINE level=info' }),
    codes: ok,
  },
};

function chain(length: number) {
  return Array.from({ length }, (_, i) => work({ id: `s${i}`, ...(i < length - 1 && { next: [`s${i + 1}`] }) }));
}

function ring(length: number) {
  return chain(length).map((step, i) => (i === length - 1 ? { ...step, next: ['s0'] } : step));
}

function diamonds(layers: number) {
  return Array.from({ length: layers }, (_, i) => [
    work({ id: `l${i}`, next: i < layers - 1 ? [`l${i + 1}`, `r${i + 1}`] : [] }),
    work({ id: `r${i}`, next: i < layers - 1 ? [`l${i + 1}`, `r${i + 1}`] : [] }),
  ]).flat();
}

function nested(depth: number) {
  let steps: JsonObject[] = [work({ id: 'leaf' })];
  for (let i = 0; i < depth; i++) steps = [{ id: `n${i}`, type: 'foreach', config: { items: [1] }, steps }];
  return steps;
}

describe('the bad inputs of the classes graph, ids, types, numbers and strings', () => {
  it.each(rows)('%s %s: %s', (_class, input) => {
    const row = OURS[input];
    expect(row).toBeDefined();
    if (row === undefined || row === 'elsewhere') return;
    if (typeof row === 'function') return row();
    const started = process.cpuUsage();
    expect(codes(row.definition, row.options).sort()).toEqual([...row.codes].sort());
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(2);
  });

  it('names the limit in the message', () => {
    const messages = [nested(40), chain(10_001)].map(
      (steps) => validateDefinition({ steps }, { stepTypes: STEP_TYPES }).errors[0]?.message,
    );
    expect(messages[0]).toContain('32');
    expect(messages[1]).toContain('10000');
  });

  afterAll(() => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});
