import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  cancelExecution,
  getExecution,
  resumeExecution,
  signalExecution,
  startExecution,
  type JsonObject,
} from '@rpa/contracts';
import type { RunningService } from '@rpa/platform';
import { createTestDatabase, eventually, type TestDatabase } from '@rpa/testing';
import pg from 'pg';
import { startNats, stopNats } from './support/nats.js';
import { Client, startReplica } from './support/replica.js';
import { STEP_TYPES } from './support/step-types.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

let database: TestDatabase;
let sql: pg.Pool;
let workflows: WorkflowsPeer;
let service: RunningService;
let client: Client;

beforeAll(async () => {
  await startNats();
  database = await createTestDatabase('executions unreadable');
  sql = new pg.Pool({ connectionString: database.url, max: 1 });
  workflows = await WorkflowsPeer.start(STEP_TYPES);
  service = await startReplica({ databaseUrl: database.url });
  client = await Client.person();
}, 60_000);
afterAll(async () => {
  await Promise.all([client?.close(), service?.stop(), workflows?.stop(), sql?.end()]);
  await database?.drop();
  await stopNats();
});

const view = (id: string) => client.send(getExecution, { id });

async function waiting(name: string): Promise<{ id: string; workflowId: string }> {
  const steps = [{ id: 'w', type: 'wait_for_signal', config: { name: 'go' } }];
  const workflowId = workflows.publish(name, { format: 1, steps } as JsonObject);
  const { id } = await client.send(startExecution, { workflowId });
  await eventually(async () => expect((await view(id)).status).toBe('waiting'));
  return { id, workflowId };
}

/** A new process: nothing is cached. */
async function restart(): Promise<void> {
  await service.stop();
  service = await startReplica({ databaseUrl: database.url });
}

async function expectAside(id: string): Promise<void> {
  await eventually(async () =>
    expect(await view(id)).toMatchObject({ status: 'paused', error: { code: 'run_unreadable' } }),
  );
  // A resume is tried first; from then on nothing touches it.
  await eventually(async () => {
    const { rows } = await sql.query(`SELECT FROM executions.inbox WHERE execution_id = $1 AND kind = 'resume'`, [id]);
    expect(rows).toHaveLength(0);
  });
  const before = await sql.query('SELECT updated_at FROM executions.executions WHERE id = $1', [id]);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const after = await sql.query('SELECT updated_at, owner FROM executions.executions WHERE id = $1', [id]);
  expect(after.rows[0]).toEqual({ ...before.rows[0], owner: null });
}

it('a run whose version is gone is put aside with the reason; it goes on when the version is back', async () => {
  const { id, workflowId } = await waiting('gone');
  const bringBack = workflows.withdraw(workflowId);
  await restart();
  await client.send(signalExecution, { id, name: 'go', payload: 7 });
  await expectAside(id);
  await client.send(resumeExecution, { id });
  await expectAside(id);
  bringBack();
  await client.send(resumeExecution, { id });
  await eventually(async () => expect(await view(id)).toMatchObject({ status: 'completed', error: null }));
  expect((await view(id)).output).toEqual({ w: 7 });
}, 30_000);

it('a run whose journal cannot be read is put aside, and can still be cancelled', async () => {
  const { id } = await waiting('broken');
  await sql.query(
    `UPDATE executions.journal SET body = '[{"seq":1,"type":"step_completed","at":1,"path":"nowhere","data":{}}]'
                    WHERE execution_id = $1 AND seq = 1`,
    [id],
  );
  await client.send(signalExecution, { id, name: 'go' });
  await expectAside(id);
  await client.send(cancelExecution, { id });
  await eventually(async () => expect((await view(id)).status).toBe('cancelled'));
}, 30_000);

it('a run is not put aside because the service of versions is away', async () => {
  const { id } = await waiting('away');
  await workflows.stop();
  await restart();
  await client.send(signalExecution, { id, name: 'go', payload: 1 });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const { rows } = await sql.query('SELECT error FROM executions.executions WHERE id = $1', [id]);
  expect(rows).toEqual([{ error: null }]);
}, 30_000);
