import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COMMANDS, inboxPrefix, natsUsers, SERVICES, type ServiceName } from '@rpa/contracts';
import { startTestNats } from '@rpa/testing';
import { connect } from '@nats-io/transport-node';
import { errors, type NatsConnection } from '@nats-io/nats-core';

const FOREIGN = [
  '>',
  'rpc.>',
  'evt.>',
  'evt.org1.>',
  'evt.org1.auth.v1.user.created',
  'evt.org1.executions.v1.execution.ended',
  'events.>',
  'events.acme.orders',
  'task.>',
  'task.announce',
  'task.direct.default.http_request',
  'task.direct.ai.ai_ask',
  'task.worker.w1',
  '_INBOX.>',
  '_INBOX.abc',
  '$SYS.>',
  '$SYS.REQ.USER.AUTH',
  '$SYS.REQ.SERVER.PING',
  '$SYS.ACCOUNT.RPA.CONNECT',
  '$JS.API.>',
  '$JS.API.STREAM.NAMES',
  '$JS.API.STREAM.CREATE.OTHER',
  '$JS.API.STREAM.CREATE.EVENTS',
  '$JS.API.STREAM.DELETE.EVENTS',
  '$JS.API.STREAM.PURGE.EVENTS',
  '$JS.API.STREAM.MSG.GET.EVENTS',
  '$JS.API.DIRECT.GET.EVENTS.1',
  '$JS.API.CONSUMER.DELETE.EVENTS.triggers',
  '$JS.API.CONSUMER.MSG.NEXT.EVENTS.triggers',
  '$JS.ACK.EVENTS.triggers.1.1.1.1.0',
  '$KV.secrets.key',
  'anything.else',
];

/** Subjects whose answer must not depend on how somebody wrote the lists. */
const SUBJECTS = [
  ...FOREIGN,
  ...COMMANDS.map((command) => command.subject),
  ...SERVICES.flatMap((service) => [`rpc.${service}.health`, `rpc.${service}.>`, `${inboxPrefix(service)}.abc.def`]),
];

/** Whether an allow list covers a subject or a narrower wildcard. */
function covered(subject: string, allow: readonly string[]): boolean {
  return allow.some((pattern) => {
    const wanted = subject.split('.');
    const given = pattern.split('.');
    for (const [index, token] of given.entries()) {
      if (token === '>') return index < wanted.length;
      const own = wanted[index];
      if (own === undefined || own === '>' || (token !== '*' && token !== own)) return false;
    }
    return given.length === wanted.length;
  });
}

const isConcrete = (subject: string): boolean => !/[*>]/.test(subject);

describe('NATS permissions of the services', () => {
  let server: Awaited<ReturnType<typeof startTestNats>>;
  beforeAll(async () => {
    const users = natsUsers().map((user) => ({ ...user, password: `secret-of-${user.user}` }));
    server = await startTestNats({ users });
  });
  afterAll(() => server.stop());

  const login = (user: string, pass: string): Promise<NatsConnection> =>
    connect({ servers: server.url, user, pass, inboxPrefix: `_INBOX_${user}`, reconnect: false });

  async function refusedBy(service: ServiceName, operation: 'publish' | 'subscription'): Promise<Set<string>> {
    const connection = await login(service, `secret-of-${service}`);
    const refused = new Set<string>();
    const watch = (async () => {
      for await (const status of connection.status())
        if (status.type === 'error' && status.error instanceof errors.PermissionViolationError)
          if (status.error.operation === operation) refused.add(status.error.subject);
    })();
    for (const subject of SUBJECTS) {
      if (operation === 'subscription') connection.subscribe(subject, { callback: () => undefined });
      else if (isConcrete(subject)) connection.publish(subject, '{}');
      await connection.flush();
    }
    await connection.close();
    await watch;
    return refused;
  }

  it.each([...SERVICES])('%s may publish and hear exactly what is listed', async (service) => {
    const user = natsUsers().find((candidate) => candidate.user === service);
    const published = SUBJECTS.filter((subject) => isConcrete(subject) && !covered(subject, user?.publish ?? []));
    expect([...(await refusedBy(service, 'publish'))].sort()).toEqual([...new Set(published)].sort());
    const heard = SUBJECTS.filter((subject) => !covered(subject, user?.subscribe ?? []));
    expect([...(await refusedBy(service, 'subscription'))].sort()).toEqual([...new Set(heard)].sort());
  });

  it("lets nobody in without a name, with a wrong password, or with another service's", async () => {
    await expect(connect({ servers: server.url, reconnect: false })).rejects.toThrow(/authorization violation/i);
    await expect(login('gateway', 'wrong')).rejects.toThrow(/authorization violation/i);
    await expect(login('gateway', 'secret-of-worker')).rejects.toThrow(/authorization violation/i);
    await expect(login('nobody', '')).rejects.toThrow(/authorization violation/i);
  });

  it('lets a service answer a message once, and only on its reply subject', async () => {
    const [asking, answering] = await Promise.all([
      login('gateway', 'secret-of-gateway'),
      login('auth', 'secret-of-auth'),
    ]);
    const refused: string[] = [];
    void (async () => {
      for await (const status of answering.status())
        if (status.type === 'error' && status.error instanceof errors.PermissionViolationError)
          refused.push(status.error.subject);
    })();
    answering.subscribe('rpc.auth.health', {
      callback: (_error, msg) => {
        msg.respond('one');
        msg.respond('two');
        answering.publish('_INBOX_gateway.forged', 'three');
      },
    });
    await answering.flush();
    expect((await asking.request('rpc.auth.health', '', { timeout: 1_000 })).string()).toBe('one');
    await answering.flush();
    expect(refused).toHaveLength(2);
    expect(refused[1]).toBe('_INBOX_gateway.forged');
    await Promise.all([asking.close(), answering.close()]);
  });
});
