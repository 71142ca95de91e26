import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type ExecutionRow } from '../src/client.js';
import { GREETING } from '../src/definitions.js';
import { launchSystem, removeData, waitFor, type System } from '../src/launch-system.js';

describe('NATS or PostgreSQL away', () => {
  let system: System;
  let client: Client;
  let workflowId: string;

  beforeAll(async () => {
    system = await launchSystem();
    ({ client } = await new Client(system.url).register('Outage'));
    workflowId = await client.publish('Greeting', GREETING);
  });

  afterAll(async () => {
    await system.stop();
    removeData(system);
  });

  const pidsOf = (name: string): number[] =>
    system.processes().filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]?.includes(name);
      } catch {
        return false;
      }
    });

  const readiness = async (): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`${system.url}/api/health/ready`, { signal: AbortSignal.timeout(10_000) });
    return { status: answer.status, text: await answer.text() };
  };

  it.each([
    ['nats-server', /nats/i],
    ['postgres', /postgres/i],
  ])('%s stands still: readiness red with the reason, 503, then recovery without a restart', async (name, reason) => {
    const before = await client.post<{ id: string }>(`/workflows/${workflowId}/execute`, { inputs: { orderId: 'b' } });
    expect(before.status).toBe(202);
    const pids = pidsOf(name);
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    try {
      let seen = { status: 0, text: '' };
      await waitFor(
        async () => (seen = await readiness()).status === 503,
        40_000,
        () => JSON.stringify(seen),
      );
      expect(seen.text).toMatch(reason);
      const refused = await client.post(`/workflows/${workflowId}/execute`, { inputs: {} });
      expect([503, 504]).toContain(refused.status);
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
    }
    await waitFor(async () => (await readiness()).status === 200, 40_000, system.output);
    const run = await client.post<ExecutionRow>(`/workflows/${workflowId}/execute?wait=20s`, {
      inputs: { orderId: 'c' },
    });
    expect([run.status, run.body.status]).toEqual([200, 'completed']);
    const kept = await client.get<ExecutionRow>(`/executions/${before.body.id}`);
    expect(kept.body.status).toBe('completed');
  });
});
