import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  existExecutions,
  getExecution,
  INLINE_VALUE_LIMIT,
  isTerminal,
  readJournal,
  rerunExecution,
  signalExecution,
  startExecution,
  type ExecutionView,
  type FileReference,
  type JsonObject,
  type JsonValue,
} from '@rpa/contracts';
import { fileIdOf, FilesClient, jsonChunks } from '@rpa/files';
import { connectBus, type Bus } from '@rpa/messaging';
import { Identity } from '@rpa/platform';
import { createTestDatabase, eventually, FilesPeer, testNats, type TestDatabase } from '@rpa/testing';
import pg from 'pg';
import { natsUrl, startNats, stopNats } from './support/nats.js';
import { buildService, ReplicaProcess } from './support/replica-process.js';
import { Client, PERMISSIONS } from './support/replica.js';
import { SECRETS } from './support/secrets.js';
import { STEP_TYPES } from './support/step-types.js';
import { WorkerPeer } from './support/worker-peer.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

const ORGANIZATION = randomUUID();
const MOST_BYTES = 1024 * 1024;
const items = (count: number) => Array.from({ length: count }, (_, id) => ({ id, text: `item ${id} with some text` }));
const referenceIn = (value: unknown) => (value as FileReference).$file;

describe('large values', () => {
  let database: TestDatabase;
  let rows: pg.Pool;
  let workflows: WorkflowsPeer;
  let worker: WorkerPeer;
  let storage: Bus;
  let workerBus: Bus;
  let peer: FilesPeer;
  let files: FilesClient;
  let client: Client;
  let replica: ReplicaProcess;

  const launch = () =>
    ReplicaProcess.start({
      databaseUrl: database.url,
      env: { EXECUTIONS_MAX_VALUE_BYTES: String(MOST_BYTES), EXECUTIONS_LEASE_MS: '1000' },
    });

  beforeAll(async () => {
    buildService();
    await startNats();
    database = await createTestDatabase('executions values');
    rows = new pg.Pool({ connectionString: database.url, max: 1 });
    rows.on('error', () => undefined);
    [storage, workerBus] = await Promise.all([connectAs('storage'), connectAs('worker')]);
    peer = await FilesPeer.start(storage, ORGANIZATION, fileIdOf);
    const { worker: identityKey } = SECRETS.identityKeys;
    const identity = await Identity.load({ service: 'worker', identityKey, trustedKeys: SECRETS.trustedKeys });
    files = new FilesClient({ bus: workerBus, identity });
    workflows = await WorkflowsPeer.start(STEP_TYPES);
    worker = await WorkerPeer.start({
      worker: 'w1',
      types: ['test__work', 'test__noop'],
      async work(task) {
        const { save, forge } = task.config;
        if (forge !== undefined) return { status: 'completed', output: { $file: { id: forge } } };
        if (save === undefined) return { status: 'completed', output: null };
        const body = await files.save(task, jsonChunks(items(Number(save))), 'application/json');
        return { status: 'completed', output: { status: 200, body } as unknown as JsonValue };
      },
    });
    replica = await launch();
    client = await Client.person(ORGANIZATION, [...PERMISSIONS, 'executions:retry']);
  }, 60_000);
  afterEach(() => {
    peer.away = false;
    peer.onSaved = null;
  });
  afterAll(async () => {
    await replica?.end('SIGTERM');
    await client?.close();
    await Promise.all([worker?.kill(), workflows?.stop(), storage?.close(100), workerBus?.close(100)]);
    peer?.close();
    await rows?.end();
    await database?.drop();
    await stopNats();
  });

  const publish = (definition: object, key = `w_${randomUUID().slice(0, 8)}`) =>
    workflows.publish(key, { format: 1, ...definition } as JsonObject);
  const begin = async (definition: object, inputs: JsonObject = {}) =>
    (await client.send(startExecution, { workflowId: publish(definition), inputs })).id;
  const ended = (id: string) =>
    eventually(async () => {
      const execution = await client.send(getExecution, { id });
      if (!isTerminal(execution.status)) throw new Error(`${execution.status}: ${JSON.stringify(execution.steps)}`);
      return execution;
    }, 15_000);
  const run = async (definition: object, inputs: JsonObject = {}): Promise<ExecutionView> =>
    ended(await begin(definition, inputs));
  const stepOf = (execution: ExecutionView, id: string) => execution.steps.find((step) => step.id === id)!;
  const largestRecord = async (id: string): Promise<number> => {
    const { data } = await client.send(readJournal, { id, limit: 1000 });
    return Math.max(...data.map((entry) => JSON.stringify(entry.data).length));
  };

  it('stand in files wherever they come from, and expressions read them', async () => {
    const list = items(2_000);
    const execution = await run(
      {
        variables: { all: '{{ inputs.list }}' },
        output: '{{ steps.each.output }}',
        steps: [
          { id: 'count', type: 'transform', config: { value: '{{ inputs.list.length }}' }, next: ['copy'] },
          {
            id: 'copy',
            type: 'transform',
            config: { value: '{{ variables.all.map(i => i.id * 2) }}' },
            next: ['keep'],
          },
          { id: 'keep', type: 'set_variable', config: { name: 'long', value: '{{ inputs.list }}' }, next: ['send'] },
          { id: 'send', type: 'test__work', config: { body: '{{ variables.long }}' }, next: ['each'] },
          {
            id: 'each',
            type: 'foreach',
            config: { items: '{{ variables.long.slice(0, 30) }}' },
            steps: [{ id: 'one', type: 'transform', config: { value: '{{ item.text.repeat(80) }}' } }],
          },
        ],
      },
      { list, small: 'stays' },
    );
    expect(execution).toMatchObject({ status: 'completed', inputs: { list: { $file: {} }, small: 'stays' } });
    expect(peer.json(referenceIn(execution.inputs['list']).id)).toEqual(list);
    expect(stepOf(execution, 'count').output).toBe(2_000);
    const short = list.slice(0, 30).map(({ text }) => text.repeat(80));
    expect(peer.json(referenceIn(execution.output).id)).toEqual(short);
    const task = worker.taken.find((taken) => taken.executionId === execution.id);
    expect(referenceIn(task?.config['body'])).toEqual(referenceIn(execution.inputs['list']));
    expect(await largestRecord(execution.id)).toBeLessThan(INLINE_VALUE_LIMIT + 2_048);
    const { rowCount } = await rows.query(
      'SELECT FROM executions.executions WHERE id = $1 AND length(inputs::text) + length(output::text) < 4096',
      [execution.id],
    );
    expect(rowCount).toBe(1);
  });

  it('that a worker has stored are read by expressions, as long as they are not too large', async () => {
    const execution = await run({
      steps: [
        { id: 'fetch', type: 'test__work', config: { save: 2_000 }, next: ['status', 'sum'] },
        { id: 'status', type: 'transform', config: { value: '{{ steps.fetch.output.status }}' } },
        { id: 'sum', type: 'transform', config: { value: '{{ sum(steps.fetch.output.body.map(i => i.id)) }}' } },
      ],
    });
    expect(execution).toMatchObject({ status: 'completed', output: { status: 200, sum: 1_999_000 } });
    const large = await run({
      steps: [
        { id: 'fetch', type: 'test__work', config: { save: 40_000 }, next: ['status'] },
        { id: 'status', type: 'transform', config: { value: '{{ steps.fetch.output.status }}' }, next: ['sum'] },
        { id: 'sum', type: 'transform', config: { value: '{{ steps.fetch.output.body.length }}' } },
      ],
    });
    expect(large).toMatchObject({ status: 'failed', error: { code: 'value_too_large', stepPath: 'sum' } });
    expect(large.error?.message).toContain(String(MOST_BYTES));
    expect(stepOf(large, 'status').output).toBe(200);
  });

  it('of others stay closed, whatever the data says', async () => {
    const secret = await run({ steps: [{ id: 'fetch', type: 'test__work', config: { save: 1_500 } }] });
    const { id: forge } = referenceIn((stepOf(secret, 'fetch').output as JsonObject)['body']);
    const thief = await run({
      steps: [
        { id: 'fetch', type: 'test__work', config: { forge }, next: ['read'] },
        { id: 'read', type: 'transform', config: { value: '{{ steps.fetch.output.length }}' } },
      ],
    });
    expect(thief).toMatchObject({ status: 'failed', error: { code: 'file_not_found', stepPath: 'read' } });
    const steps = [{ id: 'read', type: 'transform', config: { value: '{{ inputs.a.length }}' } }];
    const given = await run({ steps }, { a: { $file: { id: forge } } });
    expect(given).toMatchObject({ status: 'failed', error: { code: 'file_not_found', stepPath: 'read' } });
  });

  it('that are damaged fail the step that reads them, with a clear code', async () => {
    const waiting = { id: 'wait', type: 'wait_for_signal', config: { name: 'go' }, next: ['read'] };
    const fetching = { id: 'fetch', type: 'test__work', config: { save: 3_000 }, next: ['wait'] };
    const reading = { id: 'read', type: 'transform', config: { value: '{{ steps.fetch.output.body.length }}' } };
    const id = await begin({ steps: [fetching, waiting, reading] });
    await eventually(async () => expect((await client.send(getExecution, { id })).status).toBe('waiting'), 10_000);
    const { output } = stepOf(await client.send(getExecution, { id }), 'fetch');
    const file = peer.files.get(referenceIn((output as JsonObject)['body']).id);
    if (file) file.content = Buffer.from(file.content.toString().replace('item 7', 'item X'));
    await client.send(signalExecution, { id, name: 'go' });
    expect(await ended(id)).toMatchObject({ status: 'failed', error: { code: 'file_damaged', stepPath: 'read' } });
  });

  it('of signals go into files before the signal is accepted', async () => {
    const steps = [
      { id: 'wait', type: 'wait_for_signal', config: { name: 'go' }, next: ['read'] },
      { id: 'read', type: 'transform', config: { value: '{{ steps.wait.output.length }}' } },
    ];
    const id = await begin({ steps });
    await client.send(signalExecution, { id, name: 'go', payload: items(1_800) });
    const execution = await ended(id);
    expect(execution).toMatchObject({ status: 'completed', output: { read: 1_800 } });
    expect(peer.json(referenceIn(stepOf(execution, 'wait').output).id)).toEqual(items(1_800));
  });

  it('pass between parent and child, and to a rerun, each with references of its own', async () => {
    publish(
      {
        inputs: { type: 'object', properties: { list: { type: 'array' } }, required: ['list'] },
        output: '{{ inputs.list.map(i => i.text) }}',
        steps: [{ id: 'n', type: 'test__noop', config: {} }],
      },
      'large_child',
    );
    const sub = { workflow: 'large_child', inputs: { list: '{{ steps.fetch.output.body }}' } };
    const parent = await run({
      steps: [
        { id: 'fetch', type: 'test__work', config: { save: 1_700 }, next: ['sub'] },
        { id: 'sub', type: 'sub_workflow', config: sub, next: ['read'] },
        { id: 'read', type: 'transform', config: { value: '{{ steps.sub.output.length }}' } },
      ],
    });
    expect(parent).toMatchObject({ status: 'completed', output: { read: 1_700 } });
    const body = referenceIn((stepOf(parent, 'fetch').output as JsonObject)['body']).id;
    const output = referenceIn(stepOf(parent, 'sub').output).id;
    expect(peer.references.get(parent.id)).toEqual(new Set([body, output]));
    const { id } = await client.send(rerunExecution, { id: parent.id, fromStep: 'read' });
    expect(await ended(id)).toMatchObject({ status: 'completed', output: { read: 1_700 } });
    expect(peer.references.get(id)).toContain(output);
  });

  it('are read through files that refer to files, also in a parent that got them from a child', async () => {
    publish(
      {
        output: '{{ steps.each.output }}',
        steps: [
          {
            id: 'each',
            type: 'foreach',
            config: { items: '{{ Array.from({ length: 200 }, (_, i) => i) }}', concurrency: 200 },
            steps: [{ id: 'fetch', type: 'test__work', config: { save: '{{ 600 + item % 2 }}' } }],
          },
        ],
      },
      'nesting_child',
    );
    const parent = await run({
      steps: [
        { id: 'sub', type: 'sub_workflow', config: { workflow: 'nesting_child', inputs: {} }, next: ['read'] },
        { id: 'read', type: 'transform', config: { value: '{{ steps.sub.output[1].body.length }}' } },
      ],
    });
    expect(stepOf(parent, 'sub').output).toHaveProperty('$file');
    expect(parent).toMatchObject({ status: 'completed', output: { read: 601 } });
  });

  it('answer a webhook as what they are', async () => {
    const triggers = await Client.triggers(ORGANIZATION);
    const wait = { hasWaiter: true, waitMs: 15_000 };
    const fetch = { id: 'fetch', type: 'test__work', config: { save: 1_900 }, next: ['answer'] };
    const answer = { id: 'answer', type: 'respond', config: { body: '{{ steps.fetch.output.body }}' } };
    const made = { id: 'made', type: 'respond', config: { body: '{{ "m".repeat(40000) }}' } };
    const bodyOf = async (...steps: object[]) =>
      (await triggers.send(startExecution, { workflowId: publish({ steps }), ...wait })).response?.body;
    expect(await bodyOf(fetch, answer)).toEqual(items(1_900));
    expect(await bodyOf(made)).toBe('m'.repeat(40_000));
    const last = publish({ output: '{{ steps.fetch.output.body }}', steps: [{ ...fetch, next: [] }] });
    const reply = await triggers.send(startExecution, { workflowId: last, waitMs: 15_000 });
    expect(reply.execution?.output).toEqual(items(1_900));
    await triggers.close();
  });

  it('wait for storage: a start is refused, a run goes on when it is back', async () => {
    const steps = [
      { id: 'wait', type: 'wait_for_signal', config: { name: 'go' }, next: ['make'] },
      { id: 'make', type: 'transform', config: { value: '{{ "x".repeat(40000) }}' } },
    ];
    const id = await begin({ steps });
    peer.away = true;
    await expect(begin({ steps }, { list: items(2_000) })).rejects.toMatchObject({ code: 'unavailable' });
    const refused = peer.refused;
    await client.send(signalExecution, { id, name: 'go' });
    await eventually(() => expect(peer.refused).toBeGreaterThan(refused));
    expect(isTerminal((await client.send(getExecution, { id })).status)).toBe(false);
    peer.away = false;
    const execution = await ended(id);
    expect(peer.json(referenceIn(stepOf(execution, 'make').output).id)).toBe('x'.repeat(40_000));
  });

  it('survive a kill between the upload and the record that refers to it', async () => {
    const make = (id: string, next?: string) => ({
      id,
      type: 'transform',
      config: { value: `{{ "${id}".repeat(20000) }}` },
      ...(next && { next: [next] }),
    });
    const wait = { id: 'wait', type: 'wait_for_signal', config: { name: 'go' }, next: ['one'] };
    const id = await begin({
      steps: [wait, make('one', 'work'), { id: 'work', type: 'test__noop', next: ['two'] }, make('two')],
    });
    await client.send(signalExecution, { id, name: 'go' });
    const killed = new Promise<void>((resolve) => {
      peer.onSaved = () => {
        peer.onSaved = null;
        void replica.end('SIGKILL').then(() => resolve());
      };
    });
    await killed;
    const { rows: journaled } = await rows.query<{ body: { type: string; path?: string }[] }>(
      'SELECT body FROM executions.journal WHERE execution_id = $1',
      [id],
    );
    const records = journaled.flatMap((row) => row.body).filter(({ path }) => path === 'one');
    expect(records).toEqual([]);
    replica = await launch();
    const execution = await ended(id);
    expect(execution.status).toBe('completed');
    expect(peer.json(referenceIn(stepOf(execution, 'one').output).id)).toBe('one'.repeat(20_000));
    expect(peer.saved.filter((saved) => saved.executionId === id)).toHaveLength(3);
    expect(peer.references.get(id)?.size).toBe(2);
  });

  it('tells storage which executions are kept, of one organization', async () => {
    const { id } = await run({ steps: [{ id: 'n', type: 'test__noop', config: {} }] });
    const { identityKeys, trustedKeys } = SECRETS;
    const identity = await Identity.load({ service: 'storage', identityKey: identityKeys.storage, trustedKeys });
    const ask = async (organizationId: string) => {
      const principal = await identity.serviceToken({ id: organizationId });
      return (await storage.request(existExecutions, { ids: [id, randomUUID()] }, { principal })).ids;
    };
    expect(await ask(ORGANIZATION)).toEqual([id]);
    expect(await ask(randomUUID())).toEqual([]);
  });
});

function connectAs(service: 'storage' | 'worker'): Promise<Bus> {
  return connectBus({ service, servers: [natsUrl()], user: service, password: testNats(service).password });
}
