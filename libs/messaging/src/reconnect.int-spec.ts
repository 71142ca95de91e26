import { afterEach, describe, expect, it } from '@jest/globals';
import { executionEnded, resolveVersion } from '@rpa/contracts';
import { eventually, freePort, startTestNats, testNats } from '@rpa/testing';
import type { Bus } from './bus.js';
import type { BusStatus } from './bus-options.js';
import { connectBus } from './connect-bus.js';
import type { Msg } from './index.js';

type TestServer = Awaited<ReturnType<typeof startTestNats>>;

describe('A NATS server that goes away', () => {
  let server: TestServer | undefined;
  let bus: Bus | undefined;

  afterEach(async () => {
    await bus?.close(200);
    await server?.stop();
  });

  it('is found again, while everything fails at once instead of waiting', async () => {
    const port = await freePort();
    server = await startTestNats({ port });
    const statuses: BusStatus[] = [];
    const { password } = testNats('admin');
    const access = { servers: [server.url], user: 'admin', password };
    bus = await connectBus({ service: 'workflows', ...access, onStatus: (status) => statuses.push(status) });
    const answers: number[] = [];
    const door = {
      admit: () => ({ principal: null, requestId: null, idempotencyKey: null, traceparent: null }),
      validate: (_command: unknown, body: unknown) => body as never,
      observe: (_command: unknown, took: number) => answers.push(took),
      run: (_command: unknown, _context: unknown, _request: object, handler: () => Promise<never>) => handler(),
    };
    const reply = { ...resolveVersion.example.reply };
    bus.responder.handle(resolveVersion, door, () => reply);
    expect(await bus.request(resolveVersion, { workflowKey: 'a' })).toEqual(reply);

    await server.stop();
    await eventually(() => expect(bus?.connected).toBe(false));
    expect(bus.disconnectedReason).toMatch(/lost/);
    const before = performance.now();
    await expect(bus.request(resolveVersion, { workflowKey: 'a' })).rejects.toMatchObject({
      code: 'unavailable',
      retryAfter: 1,
    });
    bus.emit(executionEnded, 'org', executionEnded.example);
    expect(performance.now() - before).toBeLessThan(100);

    server = await startTestNats({ port });
    await eventually(() => expect(bus?.connected).toBe(true), 10_000);
    expect(await bus.request(resolveVersion, { workflowKey: 'a' })).toEqual(reply);
    expect(answers).toHaveLength(2);
    expect(statuses.map((status) => status.connected)).toEqual([true, false, true]);
  }, 30_000);

  it('fails at once what was asked before, small or in parts; what keeps its answer may still give it', async () => {
    const port = await freePort();
    server = await startTestNats({ port });
    const { password } = testNats('admin');
    bus = await connectBus({ service: 'workflows', servers: [server.url], user: 'admin', password });
    const held: Msg[] = [];
    bus.subscribe(resolveVersion.subject, (_body, msg) => held.push(msg));
    bus.subscribe('task.direct.default.slow', (_body, msg) => held.push(msg));
    await bus.settled();
    const long = 'x'.repeat(100_000);
    const asked = bus.ask('task.direct.default.slow', {}, 20_000);
    const failing = ['short', long].map((workflowKey) =>
      expect(bus?.request(resolveVersion, { workflowKey }, { timeoutMs: 20_000 })).rejects.toMatchObject({
        code: 'unavailable',
      }),
    );
    await eventually(() => expect(held).toHaveLength(3));
    const before = performance.now();
    await server.stop();
    await Promise.all(failing);
    expect(performance.now() - before).toBeLessThan(5_000);
    server = await startTestNats({ port });
    await eventually(() => expect(bus?.connected).toBe(true), 10_000);
    const task = held.find((msg) => msg.subject === 'task.direct.default.slow');
    bus.publish(task?.reply ?? '', { late: true });
    expect(await asked).toEqual({ late: true });
  }, 30_000);

  it('does not keep a service from stopping in time', async () => {
    server = await startTestNats();
    const { password } = testNats('admin');
    bus = await connectBus({ service: 'auth', servers: [server.url], user: 'admin', password });
    await server.stop();
    await eventually(() => expect(bus?.connected).toBe(false));
    const before = performance.now();
    await bus.close(500);
    expect(performance.now() - before).toBeLessThan(1_500);
    expect(bus.connection.isClosed()).toBe(true);
  }, 15_000);

  it('is waited for at the start, for a limited time, and the refusal of a password is told', async () => {
    const statuses: BusStatus[] = [];
    server = await startTestNats();
    const wrong = connectBus({
      service: 'auth',
      servers: [server.url],
      user: 'auth',
      password: 'wrong',
      connectTimeoutMs: 300,
      onStatus: (status) => statuses.push(status),
    });
    await expect(wrong).rejects.toThrow(/authorization/i);
    expect(statuses[0]).toMatchObject({ connected: false, reason: expect.stringMatching(/authorization/i) });
    const away = connectBus({
      service: 'auth',
      servers: [`nats://127.0.0.1:${await freePort()}`],
      user: 'auth',
      password: 'x',
      connectTimeoutMs: 300,
    });
    await expect(away).rejects.toThrow(/refused/i);
  });
});
