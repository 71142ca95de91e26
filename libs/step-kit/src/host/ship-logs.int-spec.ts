import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { appendLogs, type AppendLogsRequest } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import { eventually } from '@rpa/testing';
import { probe } from '../../test/probe-step.js';
import { answerAs, connectAs, TaskOwner } from '../../test/task-owner.js';
import { createEgress } from '../egress/create-egress.js';
import { startStepHost, type StepHost } from './step-host.js';

const POOL = 'ship_logs_test';
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const metrics = { histogram: () => ({ observe: () => undefined }), gauge: () => undefined };
const egress = createEgress({ allow: [] });
let owner: TaskOwner;
let bus: Bus;
let host: StepHost;

beforeAll(async () => {
  [owner, bus] = await Promise.all([TaskOwner.connect(POOL), connectAs('worker')]);
  host = startStepHost({
    bus,
    identity: { serviceToken: () => Promise.resolve('token') },
    source: 'worker',
    steps: [{ ...probe, pool: POOL }],
    pool: POOL,
    capacity: 4,
    egress,
    logger: quiet,
    metrics,
    drainMs: 1_000,
  });
  await bus.connection.flush();
});
afterAll(async () => {
  await host?.stop();
  await Promise.all([owner?.close(), bus?.close(500), egress.close()]);
});

it('what nobody takes while a step runs comes with its result', async () => {
  const result = await owner.deliver(owner.task('probe', { say: 'kept', sleepMs: 2_300 }));
  expect(result.logs).toMatchObject([{ message: 'says kept' }]);
  owner.acknowledge(host.workerId, result);
}, 20_000);

it('what a step writes is handed over while it runs, and then not again with its result', async () => {
  const asked = answerAs(owner.bus, appendLogs, () => ({})) as AppendLogsRequest[];
  await owner.bus.connection.flush();
  const task = owner.task('probe', { say: 'hello', sleepMs: 2_500 });
  const ends = owner.deliver(task);
  const { executionId, organizationId, path } = task;
  const line = expect.objectContaining({ level: 'info', message: 'says hello' });
  await eventually(() =>
    expect(asked).toEqual([{ batches: [{ executionId, organizationId, path, attempt: 1, lines: [line] }] }]),
  );
  const result = await ends;
  expect(result.outcome.status).toBe('completed');
  expect(result.logs).toBeUndefined();
  owner.acknowledge(host.workerId, result);
}, 20_000);
