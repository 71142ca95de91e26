import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listExecutions, startExecution, type JsonObject, type ListExecutionsRequest } from '@rpa/contracts';
import type { RunningService } from '@rpa/platform';
import { createTestDatabase, type TestDatabase } from '@rpa/testing';
import { startNats, stopNats } from './support/nats.js';
import { Client, startReplica } from './support/replica.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

let database: TestDatabase;
let workflows: WorkflowsPeer;
let service: RunningService;
let client: Client;
let stranger: Client;

beforeAll(async () => {
  await startNats();
  database = await createTestDatabase('executions find');
  workflows = await WorkflowsPeer.start([]);
  service = await startReplica({ databaseUrl: database.url });
  client = await Client.person();
  stranger = await Client.person();
});

afterAll(async () => {
  await Promise.all([client?.close(), stranger?.close(), service?.stop(), workflows?.stop()]);
  await database?.drop();
  await stopNats();
});

const publish = (definition: JsonObject) => workflows.publish(`w_${randomUUID().slice(0, 8)}`, definition);
const value = { format: 1, steps: [{ id: 'a', type: 'transform', config: { value: 1 } }] };
const found = async (filter: ListExecutionsRequest, who = client) =>
  (await who.send(listExecutions, filter)).data.map((row) => row.id);

describe('finding executions', () => {
  it('by label and business key, which the start has brought', async () => {
    const workflowId = publish(value);
    const start = (labels: Record<string, string>, businessKey?: string) =>
      client.send(startExecution, { workflowId, labels, ...(businessKey && { businessKey }), waitMs: 10_000 });
    const [gold, plain] = [await start({ region: 'eu', tier: 'gold' }, 'A-1'), await start({ region: 'eu' }, 'A-2')];
    const none = await client.send(startExecution, { workflowId, waitMs: 10_000 });
    expect(gold.execution).toMatchObject({ labels: { region: 'eu', tier: 'gold' }, businessKey: 'A-1' });
    expect(none.execution).toMatchObject({ labels: {}, businessKey: null });
    expect(await found({ label: 'region:eu' })).toEqual([plain.id, gold.id]);
    expect(await found({ label: ['tier:gold', 'region:eu'] })).toEqual([gold.id]);
    expect(await found({ businessKey: 'A-2' })).toEqual([plain.id]);
    expect(await found({ label: 'region:eu' }, stranger)).toEqual([]);
    expect(await found({ businessKey: 'A-2' }, stranger)).toEqual([]);
  });

  it('by words of their error', async () => {
    const config = { message: 'The warehouse refused order {{ inputs.order }}' };
    const workflowId = publish({ format: 1, steps: [{ id: 'check_stock', type: 'fail', config }] });
    const { id } = await client.send(startExecution, { workflowId, inputs: { order: 'B-77' }, waitMs: 10_000 });
    await client.send(startExecution, { workflowId, inputs: { order: 'B-78' }, waitMs: 10_000 });
    expect(await found({ search: 'warehouse B-77' })).toEqual([id]);
    expect(await found({ search: 'check_stock', status: 'failed' })).toHaveLength(2);
    expect(await found({ search: 'warehouse' }, stranger)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['a label without a value', { label: 'region' }, 'label'],
    ['eleven labels', { label: Array.from({ length: 11 }, (_, n) => `a${n}:b`) }, 'label'],
    ['an unknown order', { sort: 'inputs' }, 'sort'],
    ['a long search', { search: 'x'.repeat(201) }, 'search'],
  ])('refuses %s', async (_, filter, path) => {
    const refused = { code: 'validation_failed', errors: [{ path }] };
    await expect(client.send(listExecutions, filter as ListExecutionsRequest)).rejects.toMatchObject(refused);
  });

  it.each<[string, object]>([
    ['a name in capitals', { Region: 'eu' }],
    ['a number', { region: 5 }],
    ['an empty value', { region: '' }],
    ['too many', Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`a${n}`, 'b']))],
  ])('refuses to start with labels such as %s', async (_, labels) => {
    const start = client.send(startExecution, { workflowId: publish(value), labels: labels as never });
    await expect(start).rejects.toMatchObject({ code: 'validation_failed', errors: [{ path: 'labels' }] });
  });
});
