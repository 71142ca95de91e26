import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { getExecution, listSteps, signalExecution, startExecution, type JsonObject } from '@rpa/contracts';
import { fileIdOf } from '@rpa/files';
import { connectBus, type Bus } from '@rpa/messaging';
import type { RunningService } from '@rpa/platform';
import { createTestDatabase, eventually, FilesPeer, testNats, type TestDatabase } from '@rpa/testing';
import pg from 'pg';
import { natsUrl, startNats, stopNats } from './support/nats.js';
import { Client, startReplica } from './support/replica.js';
import { STEP_TYPES } from './support/step-types.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

const RECORDS = 250_000;
const TURNS = 290;
let database: TestDatabase;
let sql: pg.Pool;
let workflows: WorkflowsPeer;
let service: RunningService;
let client: Client;
let storage: Bus;
let files: FilesPeer;

beforeAll(async () => {
  await startNats();
  database = await createTestDatabase('executions long');
  sql = new pg.Pool({ connectionString: database.url, max: 1 });
  workflows = await WorkflowsPeer.start(STEP_TYPES);
  service = await startReplica({ databaseUrl: database.url });
  client = await Client.person();
  storage = await connectBus({
    service: 'storage',
    servers: [natsUrl()],
    user: 'storage',
    password: testNats('storage').password,
  });
  // The output of the outer loop is a large value.
  files = await FilesPeer.start(storage, client.organizationId, fileIdOf);
}, 60_000);
afterAll(async () => {
  await Promise.all([client?.close(), service?.stop(), workflows?.stop(), sql?.end(), storage?.close(100)]);
  files?.close();
  await database?.drop();
  await stopNats();
});

it('a run of 250,000 records goes on within seconds in a new process, and is read without its whole journal', async () => {
  const items = Array.from({ length: TURNS }, (_, index) => index);
  const one = { id: 'one', type: 'transform', config: { value: '{{ item }}' } };
  const inner = { id: 'inner', type: 'foreach', config: { items: '{{ inputs.items }}' }, steps: [one] };
  const outer = {
    id: 'outer',
    type: 'foreach',
    config: { items: '{{ inputs.items }}' },
    steps: [inner],
    next: ['wait'],
  };
  const wait = { id: 'wait', type: 'wait_for_signal', config: { name: 'go' }, next: ['last'] };
  const last = { id: 'last', type: 'transform', config: { value: '{{ steps.outer.output[289][289] }}' } };
  const definition = { format: 1, output: '{{ steps.last.output }}', steps: [outer, wait, last] };
  const workflowId = workflows.publish('long', definition as JsonObject);
  const { id } = await client.send(startExecution, { workflowId, inputs: { items } });
  await eventually(async () => {
    const { rows } = await sql.query('SELECT status FROM executions.executions WHERE id = $1', [id]);
    expect(rows).toEqual([{ status: 'waiting' }]);
  }, 90_000);
  const { rows } = await sql.query('SELECT max(last_seq) AS last FROM executions.journal WHERE execution_id = $1', [
    id,
  ]);
  expect(Number(rows[0].last)).toBeGreaterThan(RECORDS);

  await service.stop();
  service = await startReplica({ databaseUrl: database.url });
  const resumed = performance.now();
  await client.send(signalExecution, { id, name: 'go' });
  await eventually(async () => {
    const row = await sql.query('SELECT status FROM executions.executions WHERE id = $1', [id]);
    expect(row.rows).toEqual([{ status: 'completed' }]);
  }, 20_000);
  const resumeMs = Math.round(performance.now() - resumed);

  const read = performance.now();
  const view = await client.send(getExecution, { id });
  const readMs = Math.round(performance.now() - read);
  expect(view.output).toBe(TURNS - 1);
  expect(view.steps.map((step) => [step.path, step.status])).toEqual([
    ['outer', 'completed'],
    ['wait', 'completed'],
    ['last', 'completed'],
  ]);
  const page = await client.send(listSteps, { id, parent: 'outer.7.inner', limit: 3 });
  expect(page.data.map((step) => step.path)).toEqual([0, 1, 2].map((turn) => `outer.7.inner.${turn}.one`));
  process.stdout.write(`${rows[0].last} records: resumed and ended in ${resumeMs} ms, read in ${readMs} ms\n`);
}, 180_000);
