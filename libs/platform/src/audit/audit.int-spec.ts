import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  appendAudit,
  createCredential,
  type AppendAuditReply,
  type AppendAuditRequest,
  type AuditEntry,
  type CommandDefinition,
} from '@rpa/contracts';
import { connectBus, type Bus, type Door, type MessageContext } from '@rpa/messaging';
import { createTestDatabase, eventually, testNats, type TestDatabase } from '@rpa/testing';
import { Database } from '../database/database.js';
import { Transactions } from '../database/transactions.js';
import { createLogger } from '../log/logger.js';
import { Metrics } from '../metrics/metrics.js';
import { Identity } from '../principal/identity.js';
import { makeSecrets } from '../provision/provision-secrets.js';
import { AuditDesk } from './audit-desk.js';
import { auditMigration } from './audit-migration.js';
import { AuditRelay } from './audit-relay.js';
import { Audit } from './audit.js';

const logger = createLogger({ service: 'workflows', level: 'silent', format: 'json' });
const organizationId: string = randomUUID();
const userId: string = randomUUID();
const context: MessageContext = {
  principal: {
    kind: 'user',
    userId,
    organizationId,
    organizationSlug: 'acme',
    roles: ['owner'],
    permissions: new Set(),
  },
  requestId: 'request-1',
  idempotencyKey: null,
  traceparent: null,
  client: { address: '192.0.2.9', userAgent: 'browser' },
};
const command: CommandDefinition = { ...(createCredential as CommandDefinition), audit: 'credential.created' };
const OPEN_DOOR: Door = {
  admit: () => context,
  validate: (_command, body) => body as never,
  observe: () => undefined,
  run: (_command, _context, _request, handler) => handler(),
};
const resource = { type: 'credential', id: randomUUID(), name: 'Shop' };

describe('Audit', () => {
  let test: TestDatabase;
  let database: Database;
  let transactions: Transactions;
  let audit: Audit;
  let relay: AuditRelay;
  let desk: AuditDesk;
  let workflows: Bus;
  let auth: Bus;
  let answer: (entries: AuditEntry[]) => AppendAuditReply;
  const delivered: AuditEntry[] = [];

  beforeAll(async () => {
    test = await createTestDatabase('audit');
    database = await Database.open({
      url: test.url,
      schema: 'workflows',
      poolSize: 4,
      entities: [],
      migrations: [auditMigration('workflows')],
      requireDurable: false,
      service: 'workflows',
      logger,
    });
    [workflows, auth] = (await Promise.all((['workflows', 'auth'] as const).map(connectAs))) as [Bus, Bus];
    auth.responder.handle(appendAudit as CommandDefinition, OPEN_DOOR, (request) => {
      const { entries } = request as AppendAuditRequest;
      const reply = answer(entries);
      delivered.push(...entries.filter((entry) => reply.kept.includes(entry.id)));
      return reply;
    });
    const { identityKeys, trustedKeys } = makeSecrets();
    const identity = await Identity.load({ service: 'workflows', identityKey: identityKeys.workflows, trustedKeys });
    const metrics = new Metrics('workflows');
    transactions = new Transactions(database);
    audit = new Audit(database, transactions);
    relay = new AuditRelay({ database, bus: workflows, identity, logger, metrics });
    desk = new AuditDesk({ audit, relay, transactions, logger, metrics });
    relay.start();
  });
  beforeEach(() => {
    delivered.length = 0;
    answer = (entries) => ({ kept: entries.map((entry) => entry.id), refused: [] });
  });
  afterAll(async () => {
    await relay.stop();
    await Promise.all([workflows.close(), auth.close()]);
    await database.close();
    await test.drop();
  });

  const waiting = async (): Promise<number> =>
    (await database.pool.query('SELECT FROM workflows.audit_outbox WHERE refused IS NULL')).rowCount ?? 0;
  const handle = (handler: () => Promise<object>): Promise<object> => desk.watch(command, context, {}, handler);

  it('hands over what was committed, with actor, address and request, secrets masked, only what changed', async () => {
    await handle(() =>
      transactions.run(async () => {
        await audit.record({
          action: 'credential.updated',
          resource,
          before: { name: 'Shop', data: { key: 'k-1' }, nested: { password: 'p-1', passwordSet: true }, version: 1 },
          after: { name: 'Shop', data: { key: 'k-2' }, nested: { password: 'p-2', passwordSet: true }, version: 2 },
        });
        return {};
      }),
    );
    await eventually(() => expect(delivered).toHaveLength(1));
    const [entry] = delivered;
    expect(entry).toMatchObject({
      organizationId,
      action: 'credential.updated',
      actor: { kind: 'user', id: userId },
      resource,
      ip: '192.0.2.9',
      userAgent: 'browser',
      requestId: 'request-1',
    });
    expect(entry?.before).toEqual({ data: '***', nested: { password: '***', passwordSet: true }, version: 1 });
    expect(entry?.after).toEqual({ data: '***', nested: { password: '***', passwordSet: true }, version: 2 });
    await eventually(async () => expect(await waiting()).toBe(0));
  });

  it('records nothing of a change that was rolled back, and nothing outside of a transaction', async () => {
    await expect(
      handle(() =>
        transactions.run(async () => {
          await audit.record({ action: 'credential.created', resource });
          throw new Error('no');
        }),
      ),
    ).rejects.toThrow('no');
    await expect(audit.record({ action: 'credential.created', resource, organizationId })).rejects.toThrow(
      /outside of the transaction/,
    );
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(delivered).toEqual([]);
  });

  it('records by itself what a handler has forgotten, once', async () => {
    await handle(async () => ({ id: resource.id }));
    await eventually(() => expect(delivered).toHaveLength(1));
    expect(delivered[0]).toMatchObject({
      action: 'credential.created',
      resource: { type: 'credential', id: resource.id },
    });
    await expect(handle(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    await eventually(async () => expect(await waiting()).toBe(0));
  });

  it('repeats what was not taken, in the order of the changes, and puts aside what never will be', async () => {
    const names = Array.from({ length: 450 }, (_, index) => `row ${index}`);
    let refusals = 3;
    answer = (entries) => {
      if (refusals-- > 0) return { kept: [], refused: [] };
      const bad = entries.filter((entry) => entry.resource.name === 'row 7');
      return {
        kept: entries.filter((entry) => !bad.includes(entry)).map((entry) => entry.id),
        refused: bad.map(({ id }) => ({ id, reason: 'it is odd' })),
      };
    };
    await handle(() =>
      transactions.run(async () => {
        for (const name of names) await audit.record({ action: 'row.made', resource: { ...resource, name } });
        return {};
      }),
    );
    await eventually(() => expect(delivered).toHaveLength(449), 20_000);
    expect(delivered.map((entry) => entry.resource.name)).toEqual(names.filter((name) => name !== 'row 7'));
    const aside = async () =>
      (await database.pool.query('SELECT entry, refused FROM workflows.audit_outbox')).rows as object[];
    await eventually(async () => expect(await aside()).toHaveLength(1));
    expect(await aside()).toMatchObject([{ entry: { resource: { name: 'row 7' } }, refused: 'it is odd' }]);
  });

  it('keeps an entry small however large what it tells about', () => {
    const text = 'x'.repeat(3_000);
    const after = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`field${index}`, text]));
    const { entry } = audit.draft({ action: 'row.made', resource, after, organizationId });
    expect(entry.length).toBeLessThan(24 * 1024);
    expect(JSON.parse(entry)).toMatchObject({ after: { $cut: expect.stringMatching(/^\d+ bytes$/) as never } });
  });
});

function connectAs(service: 'workflows' | 'auth'): Promise<Bus> {
  const { url, user, password } = testNats(service);
  return connectBus({ service, servers: [url], user, password });
}
