import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type Account } from '../src/client.js';
import { GREETING } from '../src/definitions.js';
import { launchSystem, removeData, waitFor, type System } from '../src/launch-system.js';

const PUBLISHER = fileURLToPath(new URL('../../../examples/publishers/publish.mjs', import.meta.url));
const run = promisify(execFile);

interface Credentials {
  url: string;
  user: string;
  password: string;
  inboxPrefix: string;
  subjects: string[];
}

describe('an outside publisher', () => {
  let system: System;
  let client: Client;
  let account: Account;
  let publisher: Credentials;

  beforeAll(async () => {
    system = await launchSystem();
    ({ client, account } = await new Client(system.url).register('Events'));
    const workflowId = await client.publish('On order', GREETING);
    const trigger = await client.post('/triggers', {
      workflowId,
      name: 'New orders',
      type: 'event_bus',
      enabled: true,
      config: { channel: 'orders.created' },
    });
    expect(trigger.status).toBe(201);
    const created = await client.post<Credentials>('/event-publishers', { name: 'shop' });
    expect(created.status).toBe(201);
    publisher = created.body;
  });

  afterAll(async () => {
    await system.stop();
    removeData(system);
  });

  const publish = (orderId: string, slug = account.organization.slug): Promise<{ stdout: string }> =>
    run(process.execPath, [
      PUBLISHER,
      publisher.url,
      publisher.user,
      publisher.password,
      publisher.inboxPrefix,
      slug,
      orderId,
    ]);

  const started = async (): Promise<number> => {
    const list = await client.get<{ data: unknown[] }>('/executions?trigger=event_bus&limit=200');
    return list.body.data.length;
  };

  it('starts the bound workflow once per event id, with the example publisher', async () => {
    expect((await publish('E-1')).stdout).toContain('stream EVENTS');
    await waitFor(async () => (await started()) === 1, 15_000, system.output);
    await publish('E-1');
    await publish('E-2');
    await waitFor(async () => (await started()) === 2, 15_000, system.output);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await started()).toBe(2);
  });

  it('can publish to no other organization', async () => {
    const other = await new Client(system.url).register('Others');
    await expect(publish('E-3', other.account.organization.slug)).rejects.toThrow();
    expect(publisher.subjects).toEqual([`events.${account.organization.slug}.>`]);
  });

  it('takes an event over HTTP as well', async () => {
    const answer = await client.post('/events/orders.created', { orderId: 'H-1' });
    expect(answer.status).toBe(202);
    await waitFor(async () => (await started()) === 3, 15_000, system.output);
  });
});
