import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AppError, createWorkflow, loadVersion, type CommandDefinition, type ServiceName } from '@rpa/contracts';
import { eventually, testNats } from '@rpa/testing';
import { headers as newHeaders } from '@nats-io/nats-core';
import { connectBus } from './connect-bus.js';
import type { Bus } from './bus.js';
import { NoResponders } from './request.errors.js';
import type { BusOptions } from './bus-options.js';
import type { Door } from './door.js';
import { BODY_LIMIT, PART_SIZE } from './message-parts.js';

const MIB = 1024 * 1024;

/** Lets everything in: what these tests look at lies beneath the door. */
class OpenDoor implements Door {
  readonly seen: { subject: string; error: unknown }[] = [];
  admit = () => ({ principal: null, requestId: null, idempotencyKey: null, traceparent: null });
  validate = <Request extends object>(_command: CommandDefinition<Request>, body: unknown) => body as Request;
  observe = (command: CommandDefinition, _took: number, error: unknown) => {
    this.seen.push({ subject: command.subject, error });
  };
  run = <Reply extends object>(_command: unknown, _context: unknown, _request: object, handler: () => Promise<Reply>) =>
    handler();
}

const open: Bus[] = [];

async function connectAs(service: ServiceName, options: Partial<BusOptions> = {}): Promise<Bus> {
  const { url, user, password } = testNats(service);
  const bus = await connectBus({ service, servers: [url], user, password, ...options });
  open.push(bus);
  return bus;
}

type Anything = Record<string, unknown>;

/** The gateway asks workflows, each as its own NATS user with the permissions of production. */
async function pair(handler: (request: Anything) => unknown, options: Partial<BusOptions> = {}) {
  const [asking, answering] = await Promise.all([connectAs('gateway'), connectAs('workflows', options)]);
  const door = new OpenDoor();
  answering.responder.handle(createWorkflow, door, async (request) => (await handler(request as Anything)) as object);
  await answering.connection.flush();
  const ask = async (body: unknown, timeoutMs = 5_000): Promise<Anything> =>
    (await asking.request(createWorkflow as CommandDefinition, body as object, { timeoutMs })) as Anything;
  return { asking, answering, door, ask };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((bus) => bus.close(500)));
});

describe('Request and reply', () => {
  it('carries JSON there and back', async () => {
    const { ask } = await pair((request) => ({ got: request }));
    const body = { text: 'ä€😀\u0000', list: [1, null, { deep: true }] };
    expect(await ask(body)).toEqual({ got: body });
  });

  it('brings an AppError across with its code, faults and retry time, and tells nothing of others', async () => {
    const faults = [{ path: 'name', code: 'x', message: 'is odd' }];
    const { ask, door } = await pair((request) => {
      if (request['known']) throw new AppError('validation_failed', 'No.', { errors: faults, retryAfter: 7 });
      throw new Error('password=hunter2');
    });
    await expect(ask({ known: true })).rejects.toMatchObject({
      code: 'validation_failed',
      message: 'No.',
      errors: faults,
      retryAfter: 7,
    });
    const hidden = (await ask({}).catch((error: unknown) => error)) as AppError;
    expect(hidden.code).toBe('internal');
    expect(hidden.message).not.toContain('hunter2');
    expect(door.seen.map((entry) => (entry.error as Error).message)).toEqual(['No.', 'password=hunter2']);
  });

  it('answers internal when the reply is no JSON', async () => {
    const { ask, door } = await pair(() => ({ big: 1n }));
    await expect(ask({})).rejects.toMatchObject({ code: 'internal' });
    expect(door.seen[0]?.error).toBeInstanceOf(TypeError);
  });

  it('says at once that nobody listens, and in time that nobody answered', async () => {
    const { ask } = await pair(() => new Promise(() => undefined));
    await expect(ask({}, 100)).rejects.toMatchObject({ code: 'timeout' });
    const executions = await connectAs('executions');
    const before = performance.now();
    await expect(executions.request(loadVersion, { versionId: 'x' })).rejects.toMatchObject({ code: 'unavailable' });
    await expect(executions.ask('task.direct.default.nothing', {}, 2_000)).rejects.toBeInstanceOf(NoResponders);
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it('drops keys that could touch a prototype', async () => {
    const { asking, ask } = await pair((request) => ({
      keys: Object.keys(request),
      polluted: (request as { isAdmin?: unknown }).isAdmin ?? null,
    }));
    const evil = '{"a":1,"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}';
    const answer = await asking.connection.request(createWorkflow.subject, evil, { timeout: 1_000 });
    expect(answer.json()).toEqual({ keys: ['a'], polluted: null });
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
    expect(await ask({ fine: 1 })).toMatchObject({ keys: ['fine'] });
  });

  it('refuses a body that is not JSON in UTF-8', async () => {
    const { asking, ask } = await pair(() => ({ ok: true }));
    for (const bad of ['{', '{"a":1}}', Buffer.from([0x22, 0xff, 0x22])]) {
      const answer = await asking.connection.request(createWorkflow.subject, bad, { timeout: 1_000 });
      expect(answer.json()).toMatchObject({ code: 'invalid_json' });
    }
    expect(await ask({})).toEqual({ ok: true });
  });

  it('refuses what is beyond its capacity at once, and works on', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { ask, answering, door } = await pair(() => gate.then(() => ({ ok: true })), { maxInFlight: 3 });
    const results = Array.from({ length: 8 }, () => ask({}).catch((error: AppError) => error.code));
    await eventually(() => expect(door.seen).toHaveLength(5));
    expect(answering.responder.load).toBe(3);
    release();
    const settled = await Promise.all(results);
    expect(settled.filter((result) => result === 'overloaded')).toHaveLength(5);
    expect(answering.responder.load).toBe(0);
    expect(await ask({})).toEqual({ ok: true });
  });
});

describe('Bodies in parts', () => {
  const big = (bytes: number) => randomBytes(bytes / 2).toString('hex');

  it('carries 5 MiB in both directions, several at once, and frees every slot', async () => {
    const { ask, answering } = await pair((request) => ({ echo: request['text'] }));
    const texts = [5 * MIB, 5 * MIB, PART_SIZE, PART_SIZE - 12, PART_SIZE * 2, 100].map(big);
    const answers = await Promise.all(texts.map((text) => ask({ text })));
    answers.forEach((answer, index) => expect(answer['echo'] === texts[index]).toBe(true));
    await eventually(() => expect(answering.responder.load).toBe(0));
  });

  it('refuses more than the limit on either side', async () => {
    const { ask } = await pair((request) => ({ text: 'x'.repeat(Number(request['bytes'] ?? 0)) }));
    await expect(ask({ text: 'x'.repeat(BODY_LIMIT) })).rejects.toMatchObject({ code: 'too_large' });
    await expect(ask({ bytes: BODY_LIMIT })).rejects.toMatchObject({ code: 'too_large' });
  });

  it('refuses a wrong number of parts and parts that are too large', async () => {
    const { asking, door } = await pair(() => ({ ok: true }));
    for (const count of ['0', '-1', '1.5', 'NaN', '172', '1e9', 'Infinity']) {
      const headers = newHeaders();
      headers.set('rpa-parts', count);
      const answer = await asking.connection.request(createWorkflow.subject, '{}', { timeout: 1_000, headers });
      expect(answer.json()).toMatchObject({ code: 'bad_request' });
    }
    const headers = newHeaders();
    headers.set('rpa-parts', '2');
    const opened = await asking.connection.request(createWorkflow.subject, '', { timeout: 1_000, headers });
    const answer = await asking.connection.request(opened.reply ?? '', Buffer.alloc(PART_SIZE + 1), { timeout: 1_000 });
    expect(answer.json()).toMatchObject({ code: 'bad_request' });
    expect(door.seen).toHaveLength(8);
  });

  it('gives up on a sender or a reader that stops half-way', async () => {
    const { asking, answering, door, ask } = await pair((request) => ({ text: request['text'] ?? big(2 * MIB) }));
    const headers = newHeaders();
    headers.set('rpa-parts', '3');
    const opened = await asking.connection.request(createWorkflow.subject, '', { timeout: 1_000, headers });
    await asking.connection.request(opened.reply ?? '', '{"text":', { timeout: 1_000 });
    const offer = await asking.connection.request(createWorkflow.subject, '{}', { timeout: 1_000 });
    expect(offer.headers?.get('rpa-parts')).toMatch(/^\d+$/);
    expect(answering.responder.load).toBe(2);
    await eventually(() => expect(answering.responder.load).toBe(0), 8_000);
    expect(door.seen.map((entry) => (entry.error as AppError | undefined)?.code)).toEqual([undefined, 'timeout']);
    expect(await ask({ text: 'still here' })).toEqual({ text: 'still here' });
  }, 15_000);

  it('is handed out to the end when the service stops meanwhile', async () => {
    const { ask, answering } = await pair(() => ({ text: 'x'.repeat(5 * MIB) }));
    const answer = ask({});
    await eventually(() => expect(answering.responder.load).toBe(1));
    await answering.close();
    expect(String((await answer)['text'])).toHaveLength(5 * MIB);
  });
});

describe('Subscribers', () => {
  it('go on after one that throws, and the fault is told', async () => {
    const faults: unknown[] = [];
    const executions = await connectAs('executions', { onError: (error) => faults.push(error) });
    const worker = await connectAs('worker');
    const heard: unknown[] = [];
    executions.subscribe('task.announce', (body) => {
      heard.push(body);
      throw new Error('odd announcement');
    });
    await executions.connection.flush();
    worker.publish('task.announce', { worker: 'a' });
    worker.connection.publish('task.announce', 'no json');
    worker.publish('task.announce', { worker: 'b' });
    await eventually(() => expect(heard).toEqual([{ worker: 'a' }, { worker: 'b' }]));
    expect(faults.map(String)).toEqual(['Error: odd announcement', 'Error: odd announcement']);
    expect(executions.connected).toBe(true);
  });

  it('hear of a subject that the server refuses', async () => {
    const faults: unknown[] = [];
    const worker = await connectAs('worker', { onError: (error) => faults.push(error) });
    worker.subscribe('evt.>', () => undefined);
    await eventually(() => expect(faults.map(String).join()).toMatch(/permissions violation/i));
  });
});
