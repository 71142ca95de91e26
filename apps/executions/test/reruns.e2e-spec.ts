import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  listSteps,
  previewRerun,
  previewRetry,
  readJournal,
  rerunExecution,
  retryExecution,
  type RerunExecutionRequest,
} from '@rpa/contracts';
import { Client } from './support/replica.js';
import { Stage, work } from './support/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open('executions reruns');
}, 60_000);
afterAll(() => stage.close());
beforeEach(() => stage.broken.clear());

const three = [
  work('a', ['b']),
  work('b', ['c'], { config: { from: '{{ steps.a.output }}', note: '{{ inputs.note }}' } }),
  work('c'),
];
const retry = (id: string, more: Partial<RerunExecutionRequest> = {}) =>
  stage.client.send(retryExecution, { id, ...more });
const rerun = (id: string, more: Partial<RerunExecutionRequest> = {}) =>
  stage.client.send(rerunExecution, { id, ...more });
const failed = async (steps: object[], ...broken: string[]): Promise<string> => {
  for (const id of broken) stage.broken.add(id);
  const id = await stage.begin(steps);
  await stage.becomes(id, 'failed');
  stage.broken.clear();
  return id;
};

describe('A retry', () => {
  it('is a new execution that takes over what has worked, and says before what it repeats', async () => {
    const id = await failed(three, 'b');
    expect(await stage.client.send(previewRetry, { id })).toEqual({
      adopted: 1,
      repeats: [{ path: 'b', type: 'test__work', sideEffect: 'keyed', status: 'failed' }],
      repeated: 1,
      truncated: false,
      workflowVersion: 1,
    });
    const again = await retry(id);
    expect(again).toMatchObject({ status: 'pending', rerunOf: id });
    const view = await stage.becomes(again.id, 'completed');
    expect(view).toMatchObject({ rerunOf: id, trigger: { type: 'manual' } });
    expect(view.steps.map((step) => step.output)).toEqual([`a of ${id}`, `b of ${again.id}`, `c of ${again.id}`]);
    expect(stage.taken(again.id)).toEqual(['b', 'c']);
    expect((await stage.view(id)).status).toBe('failed');
  });

  it('of a retry goes back to the first run', async () => {
    const id = await failed(three, 'b');
    stage.broken.add('b');
    const second = await retry(id);
    await stage.becomes(second.id, 'failed');
    stage.broken.clear();
    const third = await retry(second.id);
    expect((await stage.becomes(third.id, 'completed')).steps[0]?.output).toBe(`a of ${id}`);
    expect(stage.taken(third.id)).toEqual(['b', 'c']);
  });

  it('takes over single items of a foreach, more than one load brings', async () => {
    const items = Array.from({ length: 120 }, (_, index) => index);
    const each = { id: 'each', type: 'foreach', config: { items, concurrency: 120 }, steps: [work('one')] };
    const id = await failed([each], 'each.119.one');
    const done = await stage.client.send(listSteps, { id, parent: 'each', limit: 200 });
    const settled = done.data.filter((step) => step.status === 'completed').map((step) => step.path);
    const again = await retry(id);
    await stage.becomes(again.id, 'completed');
    expect(new Set(stage.taken(again.id))).toEqual(
      new Set(items.map((index) => `each.${index}.one`).filter((path) => !settled.includes(path))),
    );
    expect(settled.length).toBeGreaterThan(50);
  });

  it('retries the run of a sub-workflow too', async () => {
    const child = `child_${Date.now()}`;
    stage.publish(three, {}, child);
    const id = await failed([{ id: 'sub', type: 'sub_workflow', config: { workflow: child } }, work('b2')], 'b');
    const before = (await stage.client.send(previewRetry, { id })).repeats;
    expect(before).toEqual([
      { path: 'sub', type: 'sub_workflow', sideEffect: null, status: 'failed', executionId: expect.any(String) },
    ]);
    const again = await retry(id);
    await stage.becomes(again.id, 'completed');
    const [childRow] = await stage.rows<{ id: string; rerun_of: string }>(
      'SELECT id, rerun_of FROM executions.executions WHERE parent_id = $1',
      [again.id],
    );
    expect(childRow?.rerun_of).toBe(before[0]?.executionId);
    expect(stage.taken(childRow?.id ?? '')).toEqual(['b', 'c']);
  });

  it('happens once for a key, and not for another request under it', async () => {
    const id = await failed(three, 'b');
    const send = (version?: number) =>
      stage.client.send(retryExecution, { id, ...(version && { version }) }, { idempotencyKey: `k-${id}` });
    const answers = await Promise.all([send(), send(), send()]);
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    await expect(send(1)).rejects.toMatchObject({ code: 'idempotency_mismatch' });
    const [left] = await stage.rows<{ runs: number }>(
      `SELECT count(DISTINCT execution_id)::int AS runs FROM executions.adoptions WHERE source_id = $1`,
      [id],
    );
    expect(left?.runs).toBe(1);
  });

  it('goes on where it was with another replica', async () => {
    const id = await failed(three, 'b');
    const again = await retry(id);
    await stage.replaceReplicas();
    await stage.becomes(again.id, 'completed');
    expect(new Set(stage.taken(again.id))).toEqual(new Set(['b', 'c']));
  });

  it('is refused while the run goes on, when nothing has failed, for others, and without the permission', async () => {
    const running = await stage.begin([{ id: 'w', type: 'wait_for_signal', config: { name: 'x' } }]);
    await expect(retry(running)).rejects.toMatchObject({ code: 'conflict' });
    const done = await stage.begin([work('a')]);
    await stage.becomes(done, 'completed');
    await expect(retry(done)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('rerun') });
    const other = await Client.person();
    await expect(other.send(retryExecution, { id: done })).rejects.toMatchObject({ code: 'forbidden' });
    const stranger = await Client.person(undefined, ['executions:retry', 'executions:read']);
    for (const command of [retryExecution, rerunExecution, previewRetry, previewRerun])
      await expect(stranger.send(command as typeof retryExecution, { id: done })).rejects.toMatchObject({
        code: 'not_found',
      });
    await Promise.all([other.close(), stranger.close()]);
  });

  it('fails clearly when the journal that it repeats is gone', async () => {
    const id = await failed(three, 'b');
    await stage.rows('DELETE FROM executions.journal WHERE execution_id = $1', [id]);
    await expect(retry(id)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('journal') });
  });
});

describe('A rerun', () => {
  it('from a step runs it and what follows again, with other inputs, also of a run that completed', async () => {
    const id = await stage.begin(three);
    await stage.becomes(id, 'completed');
    expect(await stage.client.send(previewRerun, { id, fromStep: 'b' })).toMatchObject({ adopted: 1, repeated: 2 });
    const again = await rerun(id, { fromStep: 'b', inputs: { note: 'edited' } });
    const view = await stage.becomes(again.id, 'completed');
    expect(view.inputs).toEqual({ note: 'edited' });
    expect(stage.taken(again.id)).toEqual(['b', 'c']);
    const task = stage.worker.taken.find((each) => each.executionId === again.id && each.path === 'b');
    expect(task?.config).toEqual({ from: `a of ${id}`, note: 'edited' });
  });

  it('without a step runs everything again', async () => {
    const id = await stage.begin(three);
    await stage.becomes(id, 'completed');
    const again = await rerun(id);
    await stage.becomes(again.id, 'completed');
    expect(stage.taken(again.id)).toEqual(['a', 'b', 'c']);
    expect(await stage.client.send(previewRerun, { id })).toMatchObject({ adopted: 0, repeated: 3 });
  });

  it('of one item of a foreach leaves the others', async () => {
    const each = { id: 'each', type: 'foreach', config: { items: [1, 2, 3] }, steps: [work('one')], next: ['after'] };
    const id = await stage.begin([each, work('after')]);
    await stage.becomes(id, 'completed');
    const again = await rerun(id, { fromStep: 'each.1.one' });
    await stage.becomes(again.id, 'completed');
    expect(stage.taken(again.id)).toEqual(['each.1.one', 'after']);
  });

  it('runs the latest version, or one by its number', async () => {
    const key = `versions_${Date.now()}`;
    const workflowId = stage.publish(three, {}, key, 1);
    const id = await stage.start(workflowId);
    await stage.becomes(id, 'completed');
    stage.publish([work('a', ['d']), work('d')], {}, key, 2);
    const latest = await rerun(id, { fromStep: 'd', version: 'latest' });
    expect(await stage.becomes(latest.id, 'completed')).toMatchObject({ workflowVersion: 2 });
    expect(stage.taken(latest.id)).toEqual(['d']);
    const first = await rerun(latest.id, { version: 1 });
    expect(await stage.becomes(first.id, 'completed')).toMatchObject({ workflowVersion: 1 });
  });

  it.each([
    ['nowhere', undefined],
    ['a.1', undefined],
    ['b', 'newest'],
  ])('is refused from %s with version %s', async (fromStep, version) => {
    const id = await stage.begin(three);
    await stage.becomes(id, 'completed');
    await expect(rerun(id, { fromStep, ...(version && { version: version as 'latest' }) })).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [{ path: version ? 'version' : 'fromStep' }],
    });
  });
});

describe('A test run', () => {
  it('takes pinned outputs for steps, and stops at a step', async () => {
    const workflowId = stage.publish(three);
    const pins = { a: { pinned: true } };
    const id = await stage.start(workflowId, { pins, until: 'b' });
    const view = await stage.becomes(id, 'completed');
    expect(view).toMatchObject({ test: true, output: `b of ${id}` });
    expect(stage.taken(id)).toEqual(['b']);
    const { data } = await stage.client.send(readJournal, { id });
    expect(data.find((entry) => entry.type === 'step_adopted')?.data).toMatchObject({ output: pins.a });
  });

  it('is refused for steps that are not there', async () => {
    const workflowId = stage.publish(three);
    await expect(stage.start(workflowId, { pins: { x: 1 }, until: 'y' })).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'until' }, { path: 'pins.x' }],
    });
  });
});
