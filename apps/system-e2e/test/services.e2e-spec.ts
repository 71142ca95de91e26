import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SERVICES } from '@rpa/contracts';
import { launchSystem, removeData, waitFor, type System } from '../src/launch-system.js';
import { doMainJob, shopResponds } from '../src/main-job.js';
import { startSink, type Sink } from '../src/sink.js';

describe('the system as separate processes', () => {
  let system: System;
  let shop: Sink;

  beforeAll(async () => {
    shop = await startSink(shopResponds);
    system = await launchSystem({ mode: 'services', env: { EGRESS_ALLOW: shop.address } });
  });

  afterAll(async () => {
    expect(await system.stop()).toBe(0);
    await shop.close();
    removeData(system);
  });

  const rows = (): { service: string; pid: number; probes: string }[] =>
    [...system.output().matchAll(/^ {2}(\S+) +pid (\d+) +(\S+)$/gm)].map((match) => ({
      service: match[1] ?? '',
      pid: Number(match[2]),
      probes: match[3] ?? '',
    }));

  it('does the main job', async () => {
    await doMainJob(system.url, shop);
  });

  it('gives every service live, ready and metrics on its own port', async () => {
    expect(rows().map((row) => row.service)).toEqual([...SERVICES]);
    for (const { service, probes } of rows()) {
      expect((await fetch(probes)).status).toBe(200);
      expect((await fetch(probes.replace('ready', 'live'))).status).toBe(200);
      const metrics = await fetch(probes.replace('/health/ready', '/metrics')).then((answer) => answer.text());
      expect(metrics).toContain(`service="${service}"`);
    }
  });

  it('starts a service again when it dies', async () => {
    const workflows = rows().find((row) => row.service === 'workflows');
    process.kill(workflows?.pid ?? 0, 'SIGKILL');
    await waitFor(() => /workflows ended \(SIGKILL\)/.test(system.output()), 5_000, system.output);
    await waitFor(async () => (await fetch(`${system.url}/api/health/ready`)).status === 200, 30_000, system.output);
    await doMainJob(system.url, shop);
  });
});
