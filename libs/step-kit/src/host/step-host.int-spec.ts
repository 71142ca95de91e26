import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RESULT_RETRY_MS, type TaskResult } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import { eventually } from '@rpa/testing';
import { POOL, probe, runs, signals, sleep } from '../../test/probe-step.js';
import { connectAs, TaskOwner } from '../../test/task-owner.js';
import { createEgress } from '../egress/create-egress.js';
import { startStepHost, type StepHost } from './step-host.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const metrics = { histogram: () => ({ observe: () => undefined }), gauge: () => undefined };

describe('step host', () => {
  let owner: TaskOwner;
  let bus: Bus;
  let host: StepHost;
  const egress = createEgress({ allow: [] });
  const start = (more: { capacity?: number; drainMs?: number } = {}) =>
    startStepHost({
      bus,
      identity: { serviceToken: async () => 'token' },
      source: 'worker',
      steps: [probe],
      pool: POOL,
      capacity: 4,
      egress,
      logger: quiet,
      metrics,
      drainMs: 1_000,
      ...more,
    });
  const done = (result: TaskResult) => owner.acknowledge(host.workerId, result);

  beforeAll(async () => {
    [owner, bus] = await Promise.all([TaskOwner.connect(POOL), connectAs('worker')]);
  });
  afterAll(async () => {
    await Promise.all([owner.close(), bus.close(500), egress.close()]);
  });
  beforeEach(async () => {
    runs.length = 0;
    signals.length = 0;
    owner.announcements.length = 0;
    owner.reports.length = 0;
    owner.startsAsked.length = 0;
    owner.catalog.length = 0;
    owner.grantStarts = true;
    owner.takesReports = true;
    host = start();
    await bus.connection.flush();
  });
  afterEach(() => host.stop());

  it('announces its step types until the catalog has answered, and itself at once', async () => {
    await eventually(() => expect(owner.catalog).toHaveLength(1));
    expect(owner.catalog[0]).toMatchObject({ source: 'worker', types: [{ type: 'probe', pool: POOL }] });
    await eventually(() => expect(host.isInCatalog).toBe(true));
    const expected = { worker: host.workerId, types: ['probe'], capacity: 4, free: 4 };
    await eventually(() => expect(owner.announcements[0]).toMatchObject(expected), 300);
  });

  it('answers a task with its result and its log, and keeps the result until it is acknowledged', async () => {
    const task = owner.task('probe', { say: 'hello' });
    const result = await owner.deliver(task);
    expect(result).toMatchObject({
      executionId: task.executionId,
      path: task.path,
      delivery: 1,
      organizationId: task.organizationId,
      worker: host.workerId,
      outcome: { status: 'completed', output: { said: 'hello' } },
      logs: [{ level: 'info', message: 'says hello' }],
    });
    await eventually(() =>
      expect(owner.lastAnnouncement?.running).toEqual({ 'replica-1': [expect.objectContaining({ path: task.path })] }),
    );
    done(result);
    await eventually(() => expect(owner.lastAnnouncement?.running).toEqual({}));
    await sleep(RESULT_RETRY_MS + 500);
    expect(owner.reports).toEqual([]);
  });

  it('sends the trace of the task on', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const task = owner.task('probe', {});
    const result = (await owner.bus.ask(`task.direct.${POOL}.probe`, task, 2_000, { traceparent })) as TaskResult;
    expect(result.outcome).toEqual({ status: 'completed', output: { said: null, traceparent } });
    done(result);
  });

  it('reports a result that nobody acknowledges, again until it is answered', async () => {
    owner.takesReports = false;
    const result = await owner.deliver(owner.task('probe', { say: 'kept' }));
    await sleep(RESULT_RETRY_MS + 500);
    expect(owner.reports).toEqual([]);
    owner.takesReports = true;
    await eventually(() => expect(owner.reports).toEqual([result]), 12_000);
    await eventually(() => expect(owner.lastAnnouncement?.running).toEqual({}));
  }, 20_000);

  it('runs an attempt once, however often it is delivered', async () => {
    const task = owner.task('probe', { sleepMs: 300 });
    const first = owner.deliver(task);
    await sleep(50);
    const second = await owner.deliver({ ...task, delivery: 2, owner: 'replica-2' });
    expect((await first).outcome).toEqual(second.outcome);
    expect(second.delivery).toBe(2);
    const afterwards = await owner.deliver({ ...task, delivery: 3 });
    expect(afterwards.delivery).toBe(3);
    expect(runs).toEqual([task.idempotencyKey]);
    done(afterwards);
    await eventually(() => expect(owner.lastAnnouncement?.running).toEqual({}));
    await expect(owner.deliver({ ...task, delivery: 4 }, 300)).rejects.toThrow();
    expect(runs).toEqual([task.idempotencyKey]);
  });

  it('answers busy beyond its capacity, says so at once, and takes work again afterwards', async () => {
    const running = [1, 2, 3, 4].map(() => owner.deliver(owner.task('probe', { sleepMs: 400 })));
    await eventually(() => expect(owner.lastAnnouncement?.free).toBe(0), 300);
    expect(await owner.deliverExpectingBusy(owner.task('probe', {}))).toEqual({ busy: true, worker: host.workerId });
    owner.acknowledge(host.workerId, ...(await Promise.all(running)));
    await eventually(() => expect(owner.lastAnnouncement?.free).toBe(4), 1_000);
    expect(runs).toHaveLength(4);
  });

  it('takes nothing new while too many results wait for their acknowledgement', async () => {
    owner.takesReports = false;
    const results: TaskResult[] = [];
    while (results.length < 16) results.push(await owner.deliver(owner.task('probe', {})));
    expect(await owner.deliverExpectingBusy(owner.task('probe', {}))).toMatchObject({ busy: true });
    owner.acknowledge(host.workerId, ...results);
    const next = await eventually(async () => {
      const answer = await owner.deliver(owner.task('probe', {}));
      expect(answer.outcome).toBeDefined();
      return answer;
    });
    done(next);
  });

  it('aborts on the word of the owner and keeps no result of it', async () => {
    const task = owner.task('probe', { sleepMs: 5_000 });
    const answer = owner.deliver(task);
    await eventually(() => expect(runs).toHaveLength(1));
    owner.abort(host.workerId, task);
    expect((await answer).outcome).toMatchObject({ status: 'failed', error: { code: 'aborted', retryable: false } });
    expect(signals).toHaveLength(1);
    await eventually(() => expect(owner.lastAnnouncement?.running).toEqual({}));
  });

  it.each([false, true])(
    'fails an attempt whose time is over, also when the step does not listen (%s)',
    async (deaf) => {
      const started = Date.now();
      const result = await owner.deliver(owner.task('probe', { sleepMs: 4_000, deaf }, { timeoutMs: 200 }));
      expect(result.outcome).toEqual({
        status: 'failed',
        error: {
          code: 'timeout',
          message: 'The step exceeded its time limit of 200 ms',
          retryable: true,
          details: { timeoutMs: 200 },
        },
      });
      expect(Date.now() - started).toBeLessThan(2_000);
      done(result);
    },
  );

  it('names what is wrong with the config, and does not run', async () => {
    const result = await owner.deliver(owner.task('probe', { sleepMs: 'soon', color: 'red' }));
    expect(result.outcome).toMatchObject({ status: 'failed', error: { code: 'config_invalid', retryable: false } });
    const { message } = (result.outcome as { error: { message: string } }).error;
    expect(message).toContain('config.sleepMs: must be integer');
    expect(message).toContain('color');
    expect(runs).toEqual([]);
    done(result);
  });

  it('tells nothing of the inside when a step crashes', async () => {
    const result = await owner.deliver(owner.task('probe', { fail: 'crash' }));
    expect(result.outcome).toMatchObject({ status: 'failed', error: { code: 'step_crashed', retryable: false } });
    expect(JSON.stringify(result)).not.toContain('inside');
    done(result);
  });

  it('does not run a version of the type that it does not have', async () => {
    const result = await owner.deliver(owner.task('probe', {}, { typeVersion: 7 }));
    expect(result.outcome).toMatchObject({ status: 'failed', error: { code: 'type_version_unavailable' } });
    done(result);
  });

  it('begins a once step only when it is granted, and leaves an unknown effect to its owner', async () => {
    const granted = await owner.deliver(owner.task('probe', { say: 'once' }, { sideEffect: 'once' }));
    expect(granted.outcome.status).toBe('completed');
    expect(owner.startsAsked).toEqual([
      { executionId: granted.executionId, path: granted.path, attempt: 1, worker: host.workerId },
    ]);
    done(granted);
    const unknown = owner.task('probe', { fail: 'http_timeout', unknown: true }, { sideEffect: 'once' });
    await expect(owner.deliver(unknown, 400)).rejects.toThrow();
    owner.grantStarts = false;
    await expect(owner.deliver(owner.task('probe', {}, { sideEffect: 'once' }), 400)).rejects.toThrow();
    expect(runs).toHaveLength(2);
    await sleep(RESULT_RETRY_MS + 300);
    expect(owner.reports).toEqual([]);
  });

  it('drains: says so, finishes what it has, hands the results over', async () => {
    const running = owner.deliver(owner.task('probe', { sleepMs: 300 }));
    await eventually(() => expect(runs).toHaveLength(1));
    const stopped = host.stop();
    await eventually(() => expect(owner.lastAnnouncement).toMatchObject({ draining: true, free: 0 }));
    const result = await running;
    expect(result.outcome.status).toBe('completed');
    await stopped;
    expect(owner.reports).toEqual([result]);
    await expect(owner.deliver(owner.task('probe', {}), 300)).rejects.toThrow(/Nobody listens/);
  });

  it('lets go of what does not end in time, without an outcome', async () => {
    const running = owner.deliver(owner.task('probe', { sleepMs: 60_000 }), 2_500);
    await eventually(() => expect(runs).toHaveLength(1));
    await Promise.all([host.stop(), expect(running).rejects.toThrow()]);
    expect(signals).toHaveLength(1);
    expect(owner.reports).toEqual([]);
  });

  it('survives messages that are no tasks', async () => {
    for (const body of [null, 7, 'x', {}, { executionId: 1 }, { kind: 'ack' }, { kind: 'ack', tasks: [null, {}] }]) {
      owner.bus.publish(`task.direct.${POOL}.probe`, body);
      owner.bus.publish(`task.worker.${host.workerId}`, body);
    }
    const result = await owner.deliver(owner.task('probe', { say: 'still here' }));
    expect(result.outcome.status).toBe('completed');
    done(result);
  });
});
