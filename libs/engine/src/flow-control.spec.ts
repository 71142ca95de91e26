import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@rpa/contracts';
import { parse } from 'yaml';
import { START, STEP_TYPES } from '../test/test-run.js';
import {
  applyEvent,
  cancelStart,
  compileDefinition,
  flowOf,
  foldRecord,
  startRun,
  validateDefinition,
} from './index.js';

const STEPS = [{ id: 'a', type: 'transform', config: { value: 1 } }];
const definition = (settings: object): JsonObject => ({ format: 1, settings, steps: STEPS }) as unknown as JsonObject;
const planOf = (settings: object) => compileDefinition(definition(settings), { stepTypes: STEP_TYPES });
const faults = (settings: object) =>
  validateDefinition(definition(settings), { stepTypes: STEP_TYPES }).errors.map(({ path, code }) => `${path} ${code}`);

describe('flow control of a definition', () => {
  it('is checked like everything else', () => {
    const key = '{{ inputs.customer }}';
    expect(
      faults({
        concurrency: { limit: 3, key, onLimit: 'cancel_oldest' },
        rateLimit: { limit: 10, period: '1m', key, onLimit: 'skip' },
        debounce: { period: '5s', key, maxWait: '1m' },
      }),
    ).toEqual([]);
    expect(faults({ concurrency: { limit: 0, onLimit: 'drop' }, rateLimit: { limit: 1 }, debounce: {} })).toEqual([
      'settings.concurrency.limit invalid_value',
      'settings.concurrency.onLimit invalid_value',
      'settings.rateLimit.period field_required',
      'settings.debounce.period field_required',
    ]);
    expect(faults({ rateLimit: { limit: 10_001, period: '2d' }, debounce: { period: '25h', maxWait: '8d' } })).toEqual([
      'settings.rateLimit.limit invalid_value',
      'settings.rateLimit.period invalid_value',
      'settings.debounce.period invalid_value',
      'settings.debounce.maxWait invalid_value',
    ]);
    expect(faults({ rateLimit: { limit: 1, period: '1s', key: '{{ steps.a.output }}' } })).toEqual([
      'settings.rateLimit.key expression_unknown_name',
    ]);
  });

  it('is in the guide as it is here', () => {
    const guide = readFileSync(new URL('../../../docs/guides/flow-control.md', import.meta.url), 'utf8');
    const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(guide) ?? [];
    const { settings } = parse(yaml) as { settings: object };
    expect(Object.keys(settings)).toEqual(['concurrency', 'rateLimit', 'debounce', 'priority']);
    expect(faults(settings)).toEqual([]);
  });

  it('has its keys evaluated from what the start brings', () => {
    const plan = planOf({
      concurrency: { limit: 2, key: '{{ inputs.customer }}' },
      rateLimit: { limit: 10, period: '1m' },
      debounce: { period: '5s', key: '{{ trigger.type }}-{{ inputs.customer.id }}', maxWait: '1m' },
    });
    expect(flowOf(plan, { ...START, inputs: { customer: { id: 7 } } })).toEqual({
      faults: [],
      flow: {
        concurrency: { limit: 2, onLimit: 'queue', key: '{"id":7}' },
        rateLimit: { limit: 10, periodMs: 60_000, onLimit: 'queue', key: '' },
        debounce: { periodMs: 5_000, maxWaitMs: 60_000, key: '"manual-7"' },
      },
    });
  });

  it('names a key that has no value for a start, or one that is too long', () => {
    const plan = planOf({ concurrency: { limit: 1, key: '{{ inputs.customer.id }}' } });
    expect(flowOf(plan, START).faults).toMatchObject([{ path: 'settings.concurrency.key' }]);
    const long = flowOf(plan, { ...START, inputs: { customer: { id: 'x'.repeat(1_000) } } });
    expect(long.faults[0]?.message).toMatch(/1002 characters as JSON; 1000 are allowed/);
  });

  it('is absent where nothing is set', () => {
    expect(planOf({ priority: 3 }).flow).toBeUndefined();
    expect(flowOf(planOf({}), START)).toEqual({ flow: {}, faults: [] });
  });
});

describe('a run that is cancelled before it began', () => {
  it('has a journal that says so, and does nothing', () => {
    const plan = planOf({});
    const { state, records, effects } = cancelStart(plan, START, { by: 'u-1', reason: 'too late' });
    expect(records.map(({ type }) => type)).toEqual(['execution_started', 'cancel_requested', 'execution_cancelled']);
    expect(effects).toEqual([{ type: 'end', status: 'cancelled', output: null, error: null }]);
    expect(applyEvent(plan, state, { type: 'continue', at: START.at + 1 }).records).toEqual([]);
    const folded = records.reduce<ReturnType<typeof foldRecord> | undefined>(
      (s, r) => foldRecord(plan, s, r),
      undefined,
    );
    expect(folded?.status).toBe('cancelled');
    expect(startRun(plan, START).state.status).toBe('completed');
  });
});
