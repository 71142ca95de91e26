import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue, StepError } from '@rpa/contracts';
import { parse } from 'yaml';
import { STEP_TYPES, TestRun } from '../test/test-run.js';
import { BUILT_IN_STEP_TYPES, validateDefinition, validateInputs, type DispatchEffect, type Effect } from './index.js';

interface Expected {
  inputs?: JsonObject;
  results?: { [path: string]: JsonValue };
  signals?: { name: string; payload: JsonValue }[];
  decisions?: { [path: string]: JsonObject };
  status?: string;
  output?: JsonValue;
  error?: JsonObject;
  steps?: { [path: string]: string };
  refused?: { [path: string]: string };
}

const guide = readFileSync(new URL('../../../docs/guides/workflow-format.md', import.meta.url), 'utf8');
const examples = [...guide.matchAll(/```yaml\n(.*?)```\n+```json\n(.*?)```/gs)].map(([, yaml = '', json = '']) => ({
  definition: parse(yaml) as JsonObject,
  expected: JSON.parse(json) as Expected,
}));

/** Answers what the run asks for, as the example says, until it ends. */
function play(definition: JsonObject, expected: Expected): TestRun {
  const run = new TestRun(definition, { inputs: expected.inputs ?? {} });
  for (const signal of expected.signals ?? []) run.apply({ type: 'signal_received', id: signal.name, ...signal });
  for (let next = 0; next < run.effects.length && !run.end; next++) answer(run, run.effects[next] as Effect, expected);
  return run;
}

function answer(run: TestRun, effect: Effect, { results = {}, decisions = {} }: Expected): void {
  if (effect.type === 'dispatch') respond(run, effect, results[effect.path] ?? null);
  if (effect.type === 'set_timer' && !effect.timer.startsWith('approval:')) run.fire(effect.timer);
  if (effect.type === 'request_approval') {
    run.apply({ type: 'approval_decided', path: effect.path, ...(decisions[effect.path] ?? { decision: 'approved' }) });
  }
}

function respond(run: TestRun, { path, attempt }: DispatchEffect, result: JsonValue): void {
  const error = (result as { $error?: StepError } | null)?.$error;
  if (error) run.fail(path, error, attempt);
  else run.complete(path, result, attempt);
}

describe('docs/guides/workflow-format.md', () => {
  it('has examples, and every definition in it has what it gives', () => {
    expect(examples.length).toBeGreaterThan(12);
    expect(guide.match(/```yaml/g)).toHaveLength(examples.length);
  });

  it.each(examples.map((example, index) => [index + 1, example] as const))(
    'example %i',
    (_number, { definition, expected }) => {
      const { errors, warnings } = validateDefinition(definition, { stepTypes: STEP_TYPES });
      if (expected.refused) {
        expect(Object.fromEntries(errors.map(({ path, code }) => [path, code]))).toEqual(expected.refused);
        return;
      }
      expect([...errors, ...warnings.filter(({ code }) => code !== 'unordered_reference')]).toEqual([]);
      expect(validateInputs(definition['inputs'] as JsonObject | undefined, expected.inputs ?? {})).toEqual([]);
      const run = play(definition, expected);
      expect(run.end?.status).toBe(expected.status ?? 'completed');
      if (expected.output !== undefined) expect(run.end?.output).toEqual(expected.output);
      if (expected.error) expect(run.end?.error).toEqual(expected.error);
      expect(run.statuses()).toMatchObject(expected.steps ?? {});
    },
  );

  it('lists every built-in step', () => {
    for (const { type } of BUILT_IN_STEP_TYPES) expect(guide).toContain(`\`${type}\``);
  });
});

describe('the examples of the built-in steps', () => {
  it.each(BUILT_IN_STEP_TYPES.flatMap(({ type, examples: list }) => list.map((example) => [type, example] as const)))(
    '%s',
    (type, example) => {
      const body =
        type === 'foreach' || type === 'while' ? { steps: [{ id: 'b', type: 'transform', config: { value: 1 } }] } : {};
      const step = { id: 'x', type, config: example.config, ...body } as unknown as JsonValue;
      const inLoop = type === 'break' || type === 'continue';
      const steps = inLoop ? [{ id: 'l', type: 'foreach', config: { items: [1] }, steps: [step] }] : [step];
      expect(validateDefinition({ steps }, { stepTypes: STEP_TYPES }).errors).toEqual([]);
      const run = new TestRun({ steps });
      for (const { timer } of run.effectsOf('set_timer')) run.fire(timer);
      if (example.output !== undefined && !inLoop) expect(run.output('x')).toEqual(example.output);
    },
  );
});
