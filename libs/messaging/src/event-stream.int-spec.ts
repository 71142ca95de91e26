import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { natsUsers } from '@rpa/contracts';
import { eventually, startTestNats } from '@rpa/testing';
import { jetstream, type ConsumerMessages } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { answerAuthCallout, newAccountSeed, publicKeyOfSeed } from './auth-callout.js';
import type { Bus } from './bus.js';
import { connectBus } from './connect-bus.js';
import { consumeEvents, ensureEventStream } from './event-stream.js';

/** On a busy machine the server's word may be lost with the connection that it closes. */
const REFUSED = /authorization|ECONNRESET/i;

describe('Events of other systems, with the permissions of triggers', () => {
  let server: Awaited<ReturnType<typeof startTestNats>>;
  let triggers: Bus;
  const faults: unknown[] = [];
  const readers: ConsumerMessages[] = [];
  const seed = newAccountSeed();

  beforeAll(async () => {
    server = await startTestNats({
      users: natsUsers().map((user) => ({ ...user, password: 'test' })),
      authCallout: { issuer: publicKeyOfSeed(seed) },
    });
    triggers = await connectBus({
      service: 'triggers',
      servers: [server.url],
      user: 'triggers',
      password: 'test',
      onError: (error) => faults.push(error),
    });
    answerAuthCallout(triggers, seed, async (user, password) => {
      if (user === 'broken') throw new Error('the database is away');
      if (user === 'brief') return { publish: ['events.acme.>'], subscribe: ['_INBOX_brief.>'], expiresInSeconds: 2 };
      if (user === 'other-1') return { publish: ['events.other.>'], subscribe: ['_INBOX_other-1.>'] };
      if (user !== 'acme-1' || password !== 'right') return null;
      return { publish: ['events.acme.>'], subscribe: ['_INBOX_acme-1.>'] };
    });
    await triggers.connection.flush();
  });
  afterAll(async () => {
    readers.forEach((reader) => reader.stop());
    await triggers.close(200);
    await server.stop();
  });

  const publisher = (user?: string, pass?: string) =>
    connect({
      servers: server.url,
      ...(user && { user, pass: pass ?? '' }),
      inboxPrefix: `_INBOX_${user}`,
      reconnect: false,
      timeout: 3_000,
    });

  it('makes the stream, and makes it again without harm', async () => {
    await ensureEventStream(triggers);
    await Promise.all([ensureEventStream(triggers), ensureEventStream(triggers)]);
  });

  it('lets an outside publisher into its own subtree only', async () => {
    const outside = await publisher('acme-1', 'right');
    const stream = jetstream(outside);
    const receipt = await stream.publish('events.acme.orders.created', '{"n":1}');
    expect(receipt).toMatchObject({ stream: 'EVENTS', seq: 1 });
    await expect(stream.publish('events.other.orders', '{}', { timeout: 500 })).rejects.toThrow();
    await expect(outside.request('rpc.workflows.v1.version.resolve', '{}', { timeout: 300 })).rejects.toThrow();
    await outside.close();
  });

  it('ends a connection whose grant has expired', async () => {
    // On a busy machine it has expired before the connection is up: then that is what ends it.
    const end = publisher('brief', 'any').then(
      (outside) => outside.closed(),
      (error: unknown) => error,
    );
    await expect(end).resolves.toMatchObject({ message: expect.stringMatching(/expired/i) });
  });

  it('keeps out everybody else', async () => {
    await expect(publisher('acme-1', 'wrong')).rejects.toThrow(REFUSED);
    await expect(publisher('acme-1', '')).rejects.toThrow(REFUSED);
    await expect(publisher('broken', 'right')).rejects.toThrow(REFUSED);
    await expect(publisher('triggers', 'guess')).rejects.toThrow(REFUSED);
    await expect(publisher()).rejects.toThrow(REFUSED);
  });

  it('hands an event out again until it is acknowledged', async () => {
    const seen: number[] = [];
    const reader = await consumeEvents(triggers, (msg) => {
      seen.push(msg.info.deliveryCount);
      if (seen.length < 3) msg.nak();
      else msg.ack();
    });
    readers.push(reader);
    await eventually(() => expect(seen).toEqual([1, 2, 3]));
    const again = await publisher('acme-1', 'right');
    await jetstream(again).publish('events.acme.a', '{}', { msgID: 'same' });
    const repeat = await jetstream(again).publish('events.acme.a', '{}', { msgID: 'same' });
    expect(repeat.duplicate).toBe(true);
    await eventually(() => expect(seen).toEqual([1, 2, 3, 1]));
    await again.close();
    expect(faults).toEqual([]);
  });

  it('keeps an event whose message id another organization used a moment ago', async () => {
    const [acme, other] = await Promise.all([publisher('acme-1', 'right'), publisher('other-1', 'any')]);
    await jetstream(acme).publish('events.acme.orders', '{}', { msgID: 'order-1' });
    // The server knows ids by stream and no shorter than 0.1 s; PostgreSQL knows them by organization.
    await new Promise((resolve) => setTimeout(resolve, 250));
    const receipt = await jetstream(other).publish('events.other.orders', '{}', { msgID: 'order-1' });
    expect(receipt.duplicate).toBe(false);
    await Promise.all([acme.close(), other.close()]);
  });
});
