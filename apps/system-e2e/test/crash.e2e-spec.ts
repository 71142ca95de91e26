import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../src/client.js';
import { fiveCalls } from '../src/definitions.js';
import { launchSystem, removeData, waitFor, type System } from '../src/launch-system.js';
import { startSink, type Sink } from '../src/sink.js';

const RUNS = 60;

describe('kill -9 of everything in the middle of many runs', () => {
  let system: System;
  let sink: Sink;

  beforeAll(async () => {
    sink = await startSink(() => ({ status: 200, body: { ok: true }, delayMs: 30 }));
    system = await launchSystem({ env: { EGRESS_ALLOW: sink.address } });
  });

  afterAll(async () => {
    await system.stop();
    await sink.close();
    removeData(system);
  });

  it('completes every acknowledged run, and sends only what was in flight again, under the same key', async () => {
    const { client } = await new Client(system.url).register('Crash');
    const id = await client.publish('Five calls', fiveCalls(sink.url));
    const acknowledged: string[] = [];
    const starts = Array.from({ length: RUNS }, async (_, index) => {
      const answer = await client
        .post<{ id: string }>(`/workflows/${id}/execute`, { inputs: { run: `r${index}` } })
        .catch(() => null);
      if (answer?.status === 202) acknowledged.push(answer.body.id);
    });
    await waitFor(
      () => sink.calls.length >= 2 * RUNS,
      30_000,
      () => `${sink.calls.length} calls`,
    );
    await system.kill();
    const before = sink.calls.length;
    await Promise.all(starts);
    expect(acknowledged.length).toBeGreaterThan(0);

    system = await launchSystem({ like: system, env: { EGRESS_ALLOW: sink.address } });
    const ended = async (): Promise<string[]> => {
      const statuses = await Promise.all(
        acknowledged.map((run) => client.get<{ status: string }>(`/executions/${run}`).then((row) => row.body.status)),
      );
      return statuses;
    };
    const after = new Client(system.url);
    expect((await after.get('/api/health/ready')).status).toBe(200);
    await waitFor(
      async () => (await ended()).every((status) => status === 'completed'),
      60_000,
      () => system.output().slice(-2_000),
    );

    const byPlace = new Map<string, Set<unknown>>();
    for (const call of sink.calls)
      byPlace.set(call.path, (byPlace.get(call.path) ?? new Set()).add(call.headers['idempotency-key']));
    expect([...byPlace.values()].every((keys) => keys.size === 1 && !keys.has(undefined))).toBe(true);
    expect(byPlace.size).toBeGreaterThanOrEqual(acknowledged.length * 5);
    const again = sink.calls.length - byPlace.size;
    process.stdout.write(`${acknowledged.length} runs, ${before} calls before the kill, ${again} sent again\n`);
    expect(again).toBeLessThanOrEqual(RUNS);
  });
});
