import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@rpa/contracts';
import { eventually } from '@rpa/testing';
import { EventSource } from './event-source.js';
import { LiveClient } from './live-client.js';
import { Platform } from './platform.js';
import { WorkflowsPeer } from './workflows-peer.js';

const OTHERS = { id: randomUUID(), slug: 'others' };
let platform: Platform;
let workflows: WorkflowsPeer;
let token: string;
let stranger: string;
const open: { close(): void }[] = [];

beforeAll(async () => {
  platform = await Platform.start({ LIVE_CONNECTIONS: '4', ALLOWED_ORIGINS: 'https://app.example.com' });
  await platform.startExecutions();
  workflows = new WorkflowsPeer(await platform.connectAs('workflows'));
  token = await platform.tokenOf('owner');
  stranger = await platform.tokenOf('owner', OTHERS);
}, 60_000);
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});
afterAll(() => platform?.stop());

const bearer = () => ({ authorization: `Bearer ${token}` });
const log = (id: string, next?: string) => ({
  id,
  type: 'log',
  config: { message: id },
  ...(next && { next: [next] }),
});
/** Waits for a signal between its two halves. */
const SLOW: JsonObject = {
  format: 1,
  steps: [
    log('first', 'wait'),
    { id: 'wait', type: 'wait_for_signal', config: { name: 'go' }, next: ['last'] },
    log('last'),
  ],
};

async function start(definition: JsonObject = SLOW, workflowId = workflows.publish(definition)): Promise<string> {
  const { status, body } = await platform.post(`/api/v1/workflows/${workflowId}/execute`, {}, bearer());
  expect(status).toBe(202);
  return String(body['id']);
}
const go = async (id: string) =>
  expect((await platform.post(`/api/v1/executions/${id}/signals/go`, {}, bearer())).status).toBe(202);
const ended = (id: string) =>
  eventually(async () => {
    const { body } = await platform.get(`/api/v1/executions/${id}`, bearer());
    expect(body['status']).toBe('completed');
  }, 15_000);
async function stream(id: string, lastEventId?: number, url = platform.gateway.url, who = token): Promise<EventSource> {
  const source = await EventSource.open(`${url}/api/v1/executions/${id}/stream`, who, lastEventId);
  open.push(source);
  return source;
}
async function connect(who: string | undefined = token, url = platform.gateway.url): Promise<LiveClient> {
  const client = await LiveClient.open(url, who);
  open.push(client);
  if (who) await eventually(() => expect(client.of('authenticated')).toHaveLength(1));
  return client;
}
async function join(client: LiveClient, room: string, more: object = {}): Promise<void> {
  const before = client.of('subscribed').length;
  client.send({ type: 'subscribe', room, ...more });
  await eventually(() => expect(client.of('subscribed')).toHaveLength(before + 1));
}
const journalOf = async (id: string) =>
  (await platform.get(`/api/v1/executions/${id}/journal?limit=1000`, bearer())).body['data'] as { seq: number }[];

describe('the event stream of an execution', () => {
  it('tells each entry of the journal as it comes, and ends with the execution', async () => {
    const id = await start();
    const source = await stream(id);
    expect(source.headers.get('content-type')).toMatch(/^text\/event-stream/);
    await eventually(() => expect(source.events.some((event) => event.data.path === 'wait')).toBe(true));
    expect(source.ended).toBe(false);
    await go(id);
    await eventually(() => expect(source.ended).toBe(true), 10_000);
    const journal = await journalOf(id);
    expect(source.events.map((event) => event.id)).toEqual(journal.map((entry) => entry.seq));
    expect(source.events.map((event) => event.data)).toEqual(journal);
    expect(source.events.at(-1)?.type).toBe('execution_completed');
  });

  it('goes on after the last event that was seen, at whichever gateway', async () => {
    const other = await platform.startGateway();
    const id = await start();
    const first = await stream(id);
    await eventually(() => expect(first.events.length).toBeGreaterThan(2));
    const seen = first.lastId;
    first.close();
    await go(id);
    await ended(id);
    const second = await stream(id, seen, other.url);
    await eventually(() => expect(second.ended).toBe(true));
    const journal = await journalOf(id);
    expect(second.events.map((event) => event.id)).toEqual(journal.slice(seen).map((entry) => entry.seq));
    expect((await stream(id, journal.length)).status).toBe(204);
  });

  it('misses nothing when NATS is away in the middle', async () => {
    const id = await start();
    const source = await stream(id);
    await eventually(() => expect(source.events.length).toBeGreaterThan(2));
    await platform.stopNats();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await platform.restoreNats();
    await eventually(() => go(id), 15_000);
    await eventually(() => expect(source.ended).toBe(true), 20_000);
    const journal = await journalOf(id);
    expect(source.events.map((event) => event.id)).toEqual(journal.map((entry) => entry.seq));
  }, 60_000);

  it('is for those who may see the execution, and for so many at once', async () => {
    const id = await start();
    expect((await stream(id, 0, undefined, stranger)).status).toBe(404);
    expect((await stream(randomUUID())).status).toBe(404);
    expect((await platform.get(`/api/v1/executions/${id}/stream`)).status).toBe(401);
    const bad = await platform.get(`/api/v1/executions/${id}/stream`, { ...bearer(), 'last-event-id': 'x' });
    expect(bad.status).toBe(422);
    const four = await Promise.all([1, 2, 3, 4].map(() => stream(id)));
    expect(four.map((source) => source.status)).toEqual([200, 200, 200, 200]);
    const fifth = await stream(id);
    expect(fifth.status).toBe(429);
    expect(Number(fifth.headers.get('retry-after'))).toBeGreaterThan(0);
    four[0]?.close();
    await eventually(async () => expect((await stream(id)).status).toBe(200));
  });
});

describe('the WebSocket', () => {
  it('tells who is in an execution’s room its journal, from where they say', async () => {
    const client = await connect();
    const id = await start();
    await join(client, `execution.${id}`, { after: 1 });
    await go(id);
    await eventually(
      () => expect(client.events(`execution.${id}`).at(-1)).toMatchObject({ event: 'complete' }),
      10_000,
    );
    const entries = client.events(`execution.${id}`).flatMap((message) => (message['entry'] as object) ?? []);
    expect(entries).toEqual((await journalOf(id)).slice(1));
  });

  it('tells what executions come to, to the rooms of their workflow and organization, at two gateways', async () => {
    const other = await platform.startGateway();
    const workflowId = workflows.publish(SLOW);
    const [here, there, apart] = [await connect(), await connect(token, other.url), await connect(stranger)];
    await join(here, `workflow.${workflowId}`);
    await join(there, 'organization');
    await join(apart, 'organization');
    const id = await start(SLOW, workflowId);
    const unrelated = await start();
    await go(id);
    for (const [client, room] of [
      [here, `workflow.${workflowId}`],
      [there, 'organization'],
    ] as const)
      await eventually(() => {
        const statuses = client.events(room).filter((event) => event['executionId'] === id);
        expect(statuses.at(-1)).toMatchObject({ event: 'execution', status: 'completed', workflowId });
      }, 10_000);
    expect(here.events(`workflow.${workflowId}`).every((event) => event['executionId'] === id)).toBe(true);
    expect(there.events('organization').some((event) => event['executionId'] === unrelated)).toBe(true);
    expect(apart.of('event')).toEqual([]);
  });

  it('catches up with what happened while NATS was away, and for a client that was', async () => {
    const client = await connect();
    await join(client, 'organization');
    const id = await start();
    await eventually(() => expect(client.events('organization').length).toBeGreaterThan(0));
    const since = new Date().toISOString();
    await go(id);
    await platform.stopNats();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await platform.restoreNats();
    await ended(id);
    const isEnd = (event: object) => (event as { status?: string; executionId?: string }).status === 'completed';
    await eventually(() => {
      const ends = client.events('organization').filter((event) => event['executionId'] === id && isEnd(event));
      expect(ends).toHaveLength(1);
    }, 20_000);
    const late = await connect();
    await join(late, 'organization', { since });
    await eventually(() => {
      expect(late.events('organization').some((event) => event['executionId'] === id && isEnd(event))).toBe(true);
    });
  }, 60_000);

  it('authorizes each room, and takes the token as the first message too', async () => {
    const id = await start();
    const client = await connect('');
    client.send({ type: 'subscribe', room: 'organization' });
    await eventually(() => expect(client.of('error')[0]).toMatchObject({ code: 'unauthenticated' }));
    client.send({ type: 'authenticate', token: stranger });
    await eventually(() => expect(client.of('authenticated')).toHaveLength(1));
    const refused = async (message: object, error: object) => {
      const before = client.of('error').length;
      client.send(message);
      await eventually(() => expect(client.of('error')[before]).toMatchObject(error));
    };
    await refused({ type: 'subscribe', room: `execution.${id}` }, { code: 'not_found', room: `execution.${id}` });
    await refused({ type: 'subscribe', room: `workflow.${randomUUID()}` }, { code: 'not_found' });
    await refused({ type: 'subscribe', room: 'everything' }, { code: 'validation_failed' });
    await refused({ type: 'subscribe', room: 'organization', since: 'once' }, { code: 'validation_failed' });
    await refused({ type: 'shout' }, { code: 'validation_failed' });
    await refused({ type: 'authenticate', token }, { code: 'forbidden' });
    client.socket.send('{');
    await eventually(() => expect(client.of('error').at(-1)).toMatchObject({ code: 'invalid_json' }));
    const blind = await platform.identity('auth');
    const user = { userId: randomUUID(), organization: OTHERS, roles: [], permissions: ['workflows:read'] as const };
    const other = await LiveClient.open(platform.gateway.url, await blind.signUser(user, 60));
    open.push(other);
    await eventually(() => expect(other.of('error')[0]).toMatchObject({ code: 'forbidden' }));
  });

  it('closes with an expired token, unless a new one comes in time', async () => {
    const short = () => platform.tokenOf('owner', undefined, 2);
    const [lost, kept] = [await connect(await short()), await connect(await short())];
    kept.send({ type: 'authenticate', token });
    await eventually(() => expect(lost.closed).toMatchObject({ code: 4401 }), 10_000);
    expect(lost.of('notice')).toContainEqual(expect.objectContaining({ code: 'token_expired' }));
    kept.send({ type: 'ping' });
    await eventually(() => expect(kept.of('pong')).toHaveLength(1));
    const forged = await LiveClient.open(platform.gateway.url, `${token.slice(0, -4)}AAAA`);
    await eventually(() => expect(forged.closed).toMatchObject({ code: 4401 }));
  }, 30_000);

  it('lets in neither foreign pages, nor tokens in the address, nor too many of one organization', async () => {
    const url = platform.gateway.url.replace('http', 'ws');
    expect(await LiveClient.refusal(`${url}/api/v1/ws`, { origin: 'https://evil.example.com' })).toBe(403);
    expect(await LiveClient.refusal(`${url}/api/v1/ws?token=${token}`)).toBe(400);
    expect(await LiveClient.refusal(`${url}/api/v1/other`)).toBe(404);
    const page = await LiveClient.open(platform.gateway.url, token, { origin: 'https://app.example.com' });
    open.push(page, await connect(), await connect(), await connect());
    const fifth = await LiveClient.open(platform.gateway.url, token);
    await eventually(() => expect(fifth.closed).toMatchObject({ code: 4429 }));
  });

  it('drops a client that does not read, with a notice', async () => {
    const workflowId = workflows.publish(SLOW);
    const client = await connect();
    await join(client, `workflow.${workflowId}`);
    const id = await start(SLOW, workflowId);
    client.socket.pause();
    const bus = await platform.connectAs('executions');
    const subject = `evt.0198c1f0-0000-7000-8000-0000000000aa.executions.v1.execution.changed`;
    const pad = 'x'.repeat(50_000);
    for (let n = 0; n < 400; n++)
      bus.publish(subject, {
        executionId: `${id.slice(0, -4)}${String(n).padStart(4, '0')}`,
        workflowId,
        status: 'running',
        pad,
      });
    await bus.settled();
    await new Promise((resolve) => setTimeout(resolve, 500));
    client.socket.resume();
    await eventually(() => expect(client.closed).not.toBeNull(), 10_000);
    expect(client.messages.length).toBeLessThan(300);
    await eventually(async () => expect((await connect()).closed).toBeNull());
  }, 30_000);

  it('ends a connection that says too much or nothing', async () => {
    const loud = await connect();
    for (let n = 0; n < 80; n++) loud.send({ type: 'ping' });
    await eventually(() => expect(loud.closed).toMatchObject({ code: 1008 }));
    const large = await connect();
    large.socket.send('x'.repeat(20_000));
    await eventually(() => expect(large.closed).toMatchObject({ code: 1009 }));
  });
});
