import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkCredentialKeys, commandsOwnedBy, redeemGrant, type CommandDefinition } from '@rpa/contracts';
import { testNats } from '@rpa/testing';
import type { Bus } from './bus.js';
import { connectBus } from './connect-bus.js';
import { NatsStrategy } from './nats-strategy.js';

const door = {
  admit: () => ({ principal: null, requestId: null, idempotencyKey: null, traceparent: null }),
  validate: (_command: unknown, body: unknown) => body as never,
  observe: () => undefined,
  run: (_command: unknown, _context: unknown, _request: object, handler: () => Promise<never>) => handler(),
};

describe('Boot gate of a service', () => {
  let vault: Bus;
  let worker: Bus;
  beforeAll(async () => {
    const connectAs = (service: 'credentials-vault' | 'worker') => {
      const { url, user, password } = testNats(service);
      return connectBus({ service, servers: [url], user, password });
    };
    [vault, worker] = await Promise.all([connectAs('credentials-vault'), connectAs('worker')]);
  });
  afterAll(() => Promise.all([vault.close(100), worker.close(100)]));

  const owned = commandsOwnedBy('credentials-vault');
  const bind = (strategy: NatsStrategy, command: CommandDefinition, answer: object = {}) =>
    strategy.addHandler(command.subject, () => Promise.resolve(answer), false, { command });
  const listen = (strategy: NatsStrategy) =>
    new Promise<unknown>((resolve) => strategy.listen((error?: unknown) => resolve(error)));
  const fault = async (wire: (strategy: NatsStrategy) => void): Promise<string> => {
    const strategy = new NatsStrategy('credentials-vault', vault, door);
    wire(strategy);
    return String(await listen(strategy));
  };

  it('names every fault of the wiring at once', async () => {
    const foreign = commandsOwnedBy('workflows')[0] as CommandDefinition;
    const text = await fault((strategy) => {
      owned.slice(1).forEach((command) => bind(strategy, command));
      bind(strategy, owned[1] as CommandDefinition);
      bind(strategy, foreign);
    });
    expect(text).toContain(`'${owned[0]?.subject}' has no handler`);
    expect(text).toContain(`'${owned[1]?.subject}' has two handlers`);
    expect(text).toContain(`'${foreign.subject}' belongs to 'workflows'`);
  });

  it('counts a handler bound directly and one through Nest as two', async () => {
    const text = await fault((strategy) => {
      owned.forEach((command) => bind(strategy, command));
      strategy.handleDirectly(redeemGrant, () => redeemGrant.example.reply);
    });
    expect(text).toContain(`'${redeemGrant.subject}' has two handlers`);
  });

  it('refuses a pattern that is no command', async () => {
    const text = await fault((strategy) =>
      strategy.addHandler('rpc.credentials-vault.v1.x.y', () => Promise.resolve({})),
    );
    expect(text).toContain('was not declared with @Handles(command)');
  });

  it('lets a complete service answer', async () => {
    const strategy = new NatsStrategy('credentials-vault', vault, door);
    const { reply } = redeemGrant.example;
    owned.filter((command) => command !== checkCredentialKeys).forEach((command) => bind(strategy, command, reply));
    strategy.handleDirectly(checkCredentialKeys, () => ({ missing: ['a'] }));
    expect(await listen(strategy)).toBeUndefined();
    await vault.connection.flush();
    expect(await worker.request(redeemGrant, redeemGrant.example.request)).toEqual(reply);
  });
});
