import { describe, expect, it } from '@jest/globals';
import { compileDefinition, startRun, type Effect } from '@rpa/engine';
import type { Committed } from '../commit/append.js';
import { STEP_TYPES } from '../../test/support/step-types.js';
import { LargeValues } from '../values/large-values.js';
import { LiveRun } from './live-run.js';
import { RunHost, type HostListener } from './run-host.js';

const definition = {
  format: 1,
  steps: [
    { id: 'one', type: 'test__work', next: ['two'] },
    { id: 'two', type: 'test__work' },
  ],
};
const id = '0198c1f0-0000-7000-8000-000000000002';
const workflow = { id: '0198c1f0-0000-7000-8000-000000000001', key: 'w', name: 'W', version: 1 };
const input = {
  executionId: id,
  organizationId: workflow.id,
  at: 1,
  workflow,
  inputs: {},
  trigger: { type: 'manual' },
};

/** A host whose commits end when the test says so. */
function hostOf() {
  const commits: ((committed: Committed) => void)[] = [];
  const performed: Effect['type'][] = [];
  const told: string[] = [];
  const listener: HostListener = {
    perform: (_run, effect) => void performed.push(effect.type),
    changed: () => void told.push('changed'),
    ended: () => void told.push('ended'),
    kept: () => void told.push('kept'),
    forgotten: () => void told.push('forgotten'),
    catchUp: () => Promise.resolve(),
  };
  const append = () => new Promise<Committed>((resolve) => commits.push(resolve));
  const values = new LargeValues({} as never, { maxValueBytes: 1_000, valueCacheBytes: 1_000 }, {} as never);
  const host = new RunHost({ append } as never, { error: () => undefined } as never, listener, values);
  const plan = compileDefinition(definition as never, { stepTypes: STEP_TYPES });
  const { state } = startRun(plan, input);
  const identity = {
    ...input,
    id,
    workflowId: workflow.id,
    versionId: workflow.id,
    traceparent: null,
    waitReply: null,
    slot: null,
  };
  const run = new LiveRun({ ...identity, parent: null }, plan, state, 'running');
  return { host, run, performed, told, commit: () => commits.shift()?.({ duplicate: false, kept: false }) };
}

describe('RunHost', () => {
  const result = {
    type: 'step_result',
    at: 2,
    path: 'one',
    attempt: 1,
    outcome: { status: 'completed', output: 1 },
  } as const;

  it('does what a commit asks for, after the commit', async () => {
    const { host, run, performed, commit } = hostOf();
    let settled = false;
    host.resume(run, []);
    host.stimulate(run, { event: result, settled: () => (settled = true) });
    expect([performed, settled]).toEqual([[], false]);
    commit();
    await new Promise(setImmediate);
    expect([performed, settled]).toEqual([['dispatch'], true]);
    host.stop();
  });

  it('does nothing for a run that was dropped while its commit was on the way, but tells that it is durable', async () => {
    const { host, run, performed, told, commit } = hostOf();
    let settled = false;
    host.resume(run, []);
    host.stimulate(run, { event: result, settled: () => (settled = true) });
    host.dropAll();
    commit();
    await new Promise(setImmediate);
    expect([performed, told, settled]).toEqual([[], ['forgotten'], true]);
    host.stop();
  });
});
