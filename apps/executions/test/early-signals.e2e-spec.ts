import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError, getExecution, signalExecution, startExecution, type JsonObject } from '@rpa/contracts';
import { LIMITS } from '@rpa/engine';
import type { RunningService } from '@rpa/platform';
import { createTestDatabase, eventually, type TestDatabase } from '@rpa/testing';
import pg from 'pg';
import { startNats, stopNats } from './support/nats.js';
import { Client, startReplica } from './support/replica.js';
import { STEP_TYPES } from './support/step-types.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

const AT_ONCE = 50;
let database: TestDatabase;
let workflows: WorkflowsPeer;
let replicas: RunningService[];
let client: Client;
let pool: pg.Pool;

beforeAll(async () => {
  await startNats();
  database = await createTestDatabase('executions signals');
  workflows = await WorkflowsPeer.start(STEP_TYPES);
  const options = { databaseUrl: database.url };
  replicas = await Promise.all([startReplica(options), startReplica(options)]);
  client = await Client.person();
  pool = new pg.Pool({ connectionString: database.url });
}, 60_000);
afterAll(async () => {
  await Promise.all([client?.close(), ...(replicas ?? []).map((replica) => replica.stop())]);
  await Promise.all([workflows?.stop(), pool?.end()]);
  await database?.drop();
  await stopNats();
});

/** Whether it was accepted. */
async function signal(id: string, name: string, idempotencyKey?: string): Promise<boolean> {
  try {
    await client.send(signalExecution, { id, name }, { ...(idempotencyKey && { idempotencyKey }) });
    return true;
  } catch (error) {
    if (AppError.is(error) && error.code === 'overloaded') return false;
    throw error;
  }
}

describe('signals that come early', () => {
  it('are kept once they were accepted; those beyond the limit are refused, until there is room', async () => {
    const steps = [
      { id: 'hold', type: 'wait_for_signal', config: { name: 'go' }, next: ['take'] },
      {
        id: 'take',
        type: 'while',
        config: { condition: '{{ loop.index < variables.wanted }}', maxIterations: 5_000 },
        steps: [{ id: 'one', type: 'wait_for_signal', config: { name: 'early' } }],
      },
    ];
    const definition = { format: 1, variables: { wanted: LIMITS.bufferedSignals }, steps };
    const workflowId = workflows.publish(`w_${randomUUID().slice(0, 8)}`, definition as unknown as JsonObject);
    const { id } = await client.send(startExecution, { workflowId });
    let accepted = 0;
    const first = randomUUID();
    expect(await signal(id, 'early', first)).toBe(true);
    for (accepted = 1; ;) {
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => signal(id, 'early')));
      const taken = answers.filter(Boolean).length;
      accepted += taken;
      if (taken < AT_ONCE) break;
    }
    expect(accepted).toBeGreaterThanOrEqual(LIMITS.bufferedSignals);
    await eventually(async () => expect(await signal(id, 'early')).toBe(false));
    expect(await signal(id, 'early', first)).toBe(true);
    expect(await signal(id, 'go')).toBe(true);
    await eventually(async () => expect((await client.send(getExecution, { id })).status).toBe('completed'), 30_000);
    const { rows } = await pool.query(
      `SELECT count(*)::int AS kept FROM executions.journal j, json_array_elements(j.body) r
        WHERE r ->> 'type' = 'signal_received' AND r -> 'data' ->> 'name' = 'early'`,
    );
    expect(rows[0]).toEqual({ kept: accepted });
  }, 90_000);
});
