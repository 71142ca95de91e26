import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServiceName } from '@rpa/contracts';
import { testNats } from '@rpa/testing';
import { connectBus } from './connect-bus.js';
import type { Bus } from './bus.js';
import { encodeBody } from './codec.js';
import { NoResponders } from './request.errors.js';

const open: Bus[] = [];

async function connectAs(service: ServiceName): Promise<Bus> {
  const { url, user, password } = testNats(service);
  const bus = await connectBus({ service, servers: [url], user, password });
  open.push(bus);
  return bus;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((bus) => bus.close(500)));
});

describe('Requests', () => {
  it('bring each answer to its own question, in whatever order they come', async () => {
    const [executions, worker] = await Promise.all([connectAs('executions'), connectAs('worker')]);
    const waiting: (() => void)[] = [];
    worker.subscribe('task.direct.default.test', (body, msg) => {
      waiting.unshift(() => worker.publish(msg.reply ?? '', body));
      if (waiting.length === 300) for (const answer of waiting) answer();
    });
    await worker.connection.flush();
    const numbers = Array.from({ length: 300 }, (_, n) => n);
    const answers = numbers.map((n) => executions.ask('task.direct.default.test', { n }, 5_000));
    expect(await Promise.all(answers)).toEqual(numbers.map((n) => ({ n })));
  });

  it('fail at once where nobody listens or the server refuses the subject, and in time where nobody answers', async () => {
    const [executions, worker] = await Promise.all([connectAs('executions'), connectAs('worker')]);
    await expect(executions.ask('task.direct.default.nobody', {}, 5_000)).rejects.toBeInstanceOf(NoResponders);
    const started = performance.now();
    await expect(executions.ask('forbidden.subject', {}, 5_000)).rejects.toThrow(/permissions violation/i);
    expect(performance.now() - started).toBeLessThan(2_000);
    worker.subscribe('task.direct.default.mute', () => undefined);
    await worker.connection.flush();
    await expect(executions.ask('task.direct.default.mute', {}, 200)).rejects.toThrow(/timeout/i);
  });

  it('fail when their message is too large or the connection ends, and what is sent beside them arrives', async () => {
    const [executions, worker] = await Promise.all([connectAs('executions'), connectAs('worker')]);
    worker.subscribe('task.direct.default.test', (_body, msg) => void msg.respond(encodeBody({ ok: true })));
    worker.subscribe('task.direct.default.mute', () => undefined);
    await worker.connection.flush();
    const tooLarge = executions.ask('task.direct.default.test', { text: 'x'.repeat(1024 * 1024) }, 5_000);
    const small = executions.ask('task.direct.default.test', {}, 5_000);
    await expect(tooLarge).rejects.toThrow(/payload/i);
    expect(await small).toEqual({ ok: true });
    const open = executions.ask('task.direct.default.mute', {}, 5_000);
    const ended = expect(open).rejects.toThrow(/closed/i);
    await executions.connection.close();
    await ended;
    await expect(executions.ask('task.direct.default.test', {}, 5_000)).rejects.toThrow(/closed/i);
  });
});
