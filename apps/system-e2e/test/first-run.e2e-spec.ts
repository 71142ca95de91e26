import { afterAll, describe, expect, it } from '@jest/globals';
import { Client } from '../src/client.js';
import { launchSystem, removeData, type System } from '../src/launch-system.js';

describe('a first start', () => {
  let system: System;

  afterAll(async () => {
    await system.stop();
    removeData(system);
  });

  it('makes a demo organization, runs an example, and stops and starts cleanly', async () => {
    system = await launchSystem({ env: { DEMO: '1' } });
    expect(system.output()).toMatch(/Demo run +order-report: completed in \d+ ms/);
    expect(system.output()).toContain('"orders": 3');
    expect(system.output()).not.toContain('could not be made');
    const [, email = '', password = ''] = /Demo account +(\S+) +password (\S+)/.exec(system.output()) ?? [];
    const login = await new Client(system.url).post<{ accessToken: string }>('/auth/login', { email, password });
    expect(login.status).toBe(200);
    const client = new Client(system.url).as(login.body.accessToken);
    const workflows = await client.get<{ data: { key: string; status: string }[] }>('/workflows');
    expect(workflows.body.data.map((row) => [row.key, row.status]).sort()).toEqual([
      ['error-route', 'published'],
      ['order-created', 'published'],
      ['order-report', 'published'],
    ]);
    const journal = /curl -s (\S+\/journal)/.exec(system.output())?.[1] ?? '';
    const answer = await fetch(journal, { headers: { authorization: `Bearer ${login.body.accessToken}` } });
    expect(answer.status).toBe(200);

    const stopping = performance.now();
    expect(await system.stop()).toBe(0);
    expect(performance.now() - stopping).toBeLessThan(10_000);

    system = await launchSystem({ like: system, env: { DEMO: '1' } });
    expect(system.output()).not.toContain('Demo run');
    expect((await new Client(system.url).post('/auth/login', { email, password })).status).toBe(200);
  });

  it('says plainly that the data folder is in use', async () => {
    await expect(launchSystem({ like: { ...system, url: 'http://127.0.0.1:59999' } })).rejects.toThrow(/in use/);
  });
});
