import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  checkCredentialKeys,
  checkIntegrationHealth,
  createIntegration,
  deleteIntegration,
  getIntegration,
  getIntegrationsDashboard,
  listActiveAlerts,
  listHealthHistory,
  listIntegrations,
  restoreIntegration,
  SYSTEM_ROLES,
  testIntegration,
  toggleIntegration,
  updateIntegration,
  type CreateIntegrationRequest,
  type IntegrationView,
  type Permission,
  type ServiceName,
} from '@rpa/contracts';
import { connectBus, encodeBody, type Bus } from '@rpa/messaging';
import { Identity, makeSecrets, secretsEnvironment, type RunningService } from '@rpa/platform';
import { createTestDatabase, testNats, type TestDatabase } from '@rpa/testing';
import { integrationsConfig } from '../src/integrations.config.js';
import { start } from '../src/start.js';

describe('integrations', () => {
  const secrets = makeSecrets();
  const organization = { id: randomUUID(), slug: 'acme' };
  const stranger = { id: randomUUID(), slug: 'other' };
  let database: TestDatabase;
  let service: RunningService;
  let gateway: Bus;
  let vault: Bus;
  let server: Server;
  let origin: string;
  let respond: (request: IncomingMessage, response: ServerResponse) => void;
  let paths: string[] = [];

  const connectAs = (name: ServiceName) => {
    const { url, user, password } = testNats(name);
    return connectBus({ service: name, servers: [url], user, password });
  };
  const launch = () => {
    const { url, password } = testNats('integrations');
    return start(
      integrationsConfig.load({
        ...secretsEnvironment(secrets, 'integrations'),
        NATS_URL: url,
        NATS_PASSWORD: password,
        DATABASE_URL: database.url,
        DATABASE_DURABILITY: 'unchecked',
        INTEGRATIONS_PORT: '0',
        EGRESS_ALLOW: new URL(origin).host,
        LOG_LEVEL: 'silent',
      }),
    );
  };
  const user = async (permissions: readonly Permission[] = SYSTEM_ROLES.editor, of = organization) => {
    const keys = { identityKey: secrets.identityKeys.auth, trustedKeys: secrets.trustedKeys };
    const auth = await Identity.load({ service: 'auth', ...keys });
    return { principal: await auth.signUser({ userId: randomUUID(), organization: of, roles: [], permissions }, 600) };
  };
  const create = async (key: string, more: Partial<CreateIntegrationRequest> = {}, of = organization) => {
    const request = { name: `System ${key}`, key, type: 'rest_api' as const, baseUrl: `${origin}/api` };
    return gateway.request(
      createIntegration,
      { ...request, retryDelay: '1ms', ...more },
      await user(SYSTEM_ROLES.owner, of),
    );
  };
  const check = async ({ id }: IntegrationView) => gateway.request(checkIntegrationHealth, { id }, await user());
  const read = async ({ id }: IntegrationView) => gateway.request(getIntegration, { id }, await user());

  beforeAll(async () => {
    server = createServer((request, response) => {
      paths.push(`${request.method} ${request.url}`);
      respond(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    [database, gateway, vault] = await Promise.all([
      createTestDatabase('integrations'),
      connectAs('gateway'),
      connectAs('credentials-vault'),
    ]);
    // Plays the vault on the wire: it has one credential.
    vault.subscribe(checkCredentialKeys.subject, (body, msg) => {
      const { keys } = body as { keys: string[] };
      msg.respond(encodeBody({ missing: keys.filter((key) => key !== 'shop_api') }));
    });
    service = await launch();
  });
  afterAll(async () => {
    await service.stop();
    await Promise.all([gateway.close(500), vault.close(500)]);
    await database.drop();
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    paths = [];
    respond = (_, response) => response.end('ok');
  });

  it('creates with the defaults, reads and lists', async () => {
    const created = await create('shop', { tags: ['a', 'b'] });
    expect(created).toMatchObject({
      key: 'shop',
      authType: 'none',
      timeout: '30s',
      healthCheckMethod: 'GET',
      healthCheckInterval: '60s',
      maxRetries: 3,
      alertAfterFailures: 3,
      enabled: true,
      status: 'unknown',
      revision: 1,
    });
    expect(created).not.toHaveProperty('organizationId');
    expect(await read(created)).toEqual(created);
    const list = await gateway.request(listIntegrations, { tag: 'b', type: 'rest_api' }, await user());
    expect(list.data).toEqual([created]);
    expect((await gateway.request(listIntegrations, { tag: 'c' }, await user())).data).toEqual([]);
  });

  it('changes on the revision that was read, only what is given', async () => {
    const { id } = await create('changing', { rateLimitPerMinute: 60, healthCheckUrl: '/health' });
    const change = { id, revision: 1, name: 'New name', rateLimitPerMinute: null };
    const changed = await gateway.request(updateIntegration, change, await user());
    expect(changed).toMatchObject({
      revision: 2,
      name: 'New name',
      rateLimitPerMinute: null,
      healthCheckUrl: '/health',
      baseUrl: `${origin}/api`,
    });
    await expect(gateway.request(updateIntegration, change, await user())).rejects.toMatchObject({
      code: 'stale',
      message: 'The integration has changed: it is at revision 2, not 1.',
    });
  });

  it.each([
    [{ baseUrl: 'no url' }, 'baseUrl'],
    [{ baseUrl: 'file:///etc/passwd' }, 'baseUrl'],
    [{ baseUrl: 'https://anna:pw@x.example' }, 'baseUrl'],
    [{ healthCheckUrl: 'gopher://x' }, 'healthCheckUrl'],
    [{ authType: 'bearer' as const }, 'credentialKey'],
    [{ credentialKey: 'absent' }, 'credentialKey'],
    [{ timeout: '5m' }, 'timeout'],
    [{ timeout: 'soon' }, 'timeout'],
    [{ healthCheckInterval: '1s' }, 'healthCheckInterval'],
    [{ headers: { Authorization: 'Bearer x' } }, 'headers.Authorization'],
    [{ headers: { 'x-a': 'a\r\nb' } }, 'headers.x-a'],
    [{ headers: { 'x-a': 7 } as never }, 'headers.x-a'],
    [{ expectedStatus: 42 }, 'expectedStatus'],
    [{ maxRetries: null as never }, 'maxRetries'],
    [{ color: 'red' } as never, 'color'],
  ])('refuses %j', async (more, path) => {
    await expect(create('refused', more)).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [expect.objectContaining({ path }) as never],
    });
  });

  it('takes a credential that exists', async () => {
    const created = await create('with_credential', { authType: 'api_key', credentialKey: 'shop_api' });
    expect(created).toMatchObject({ authType: 'api_key', credentialKey: 'shop_api' });
  });

  it('checks, keeps the finding and the history', async () => {
    const system = await create('healthy', {
      healthCheckUrl: '/health',
      headers: { 'X-Client': 'rpa' },
      expectedStatus: 204,
    });
    respond = (request, response) => response.writeHead(request.headers['x-client'] === 'rpa' ? 204 : 400).end();
    expect(await check(system)).toMatchObject({ status: 'healthy', httpStatus: 204, attempts: 1, error: null });
    expect(paths).toEqual(['GET /api/health']);
    respond = (_, response) => response.writeHead(404).end();
    const error = 'The status is 404, expected was 204.';
    expect(await check(system)).toMatchObject({ status: 'degraded', httpStatus: 404, attempts: 1, error });
    expect(await read(system)).toMatchObject({
      status: 'degraded',
      lastError: error,
      consecutiveFailures: 1,
      revision: 1,
    });
    const history = await gateway.request(listHealthHistory, { id: system.id, limit: 1 }, await user());
    expect(history.data).toMatchObject([{ status: 'degraded', httpStatus: 404 }]);
    const older = { id: system.id, cursor: history.nextCursor ?? '' };
    expect(await gateway.request(listHealthHistory, older, await user())).toMatchObject({
      data: [{ status: 'healthy', httpStatus: 204 }],
      nextCursor: null,
    });
  });

  it('tries again what may pass, and raises an alert after failures in a row', async () => {
    const system = await create('flaky', { maxRetries: 2, alertAfterFailures: 2 });
    respond = (_, response) => response.writeHead(paths.length < 3 ? 503 : 200).end();
    expect(await check(system)).toMatchObject({ status: 'healthy', attempts: 3 });
    respond = (request) => request.socket.destroy();
    expect(await check(system)).toMatchObject({ status: 'down', httpStatus: null, attempts: 3 });
    const alerts = async () => (await gateway.request(listActiveAlerts, {}, await user())).data.map(({ key }) => key);
    expect(await alerts()).not.toContain('flaky');
    await check(system);
    expect(await alerts()).toContain('flaky');
    respond = (_, response) => response.end('ok');
    await check(system);
    expect(await alerts()).not.toContain('flaky');
  });

  it('does not reach inside', async () => {
    for (const [key, baseUrl] of [
      ['metadata', 'http://169.254.169.254/'],
      ['nats', 'http://127.0.0.1:4222/'],
      ['redirected', `${origin}/to`],
    ] as const) {
      respond = (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:5432/' }).end();
      const result = await check(await create(key, { baseUrl }));
      expect(result).toMatchObject({
        status: 'down',
        attempts: 1,
        error: expect.stringContaining('EGRESS_ALLOW') as never,
      });
    }
  });

  it('says so while a check runs, and refuses a second one', async () => {
    const system = await create('slow');
    respond = (_, response) => setTimeout(() => response.end('ok'), 400);
    const running = check(system);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await read(system)).status).toBe('checking');
    await expect(check(system)).rejects.toMatchObject({ code: 'conflict' });
    expect(await running).toMatchObject({ status: 'healthy' });
    expect((await read(system)).status).toBe('healthy');
  });

  it('gives up in time', async () => {
    const system = await create('silent', { timeout: '200ms', maxRetries: 0 });
    respond = () => undefined;
    expect(await check(system)).toMatchObject({ status: 'down', error: 'No complete answer within 200 ms.' });
  });

  it('tests without keeping anything', async () => {
    const { id, ...system } = await create('tested');
    expect(await gateway.request(testIntegration, { id }, await user())).toMatchObject({ status: 'healthy' });
    expect(await read({ id, ...system })).toMatchObject({ status: 'unknown', lastCheckedAt: null });
    expect((await gateway.request(listHealthHistory, { id }, await user())).data).toEqual([]);
  });

  it('says which types it cannot check', async () => {
    const mail = await create('mail', { type: 'smtp', baseUrl: 'smtp://mail.example.com:25' });
    await expect(check(mail)).rejects.toMatchObject({
      code: 'validation_failed',
      message: expect.stringContaining('smtp') as never,
    });
  });

  it('toggles, and does not check what is disabled', async () => {
    const system = await create('toggled');
    const off = await gateway.request(toggleIntegration, { id: system.id }, await user());
    expect(off).toMatchObject({ enabled: false, status: 'disabled', revision: 2 });
    await expect(check(system)).rejects.toMatchObject({ code: 'conflict' });
    expect(paths).toEqual([]);
    const again = await gateway.request(toggleIntegration, { id: system.id, enabled: false }, await user());
    expect(again.revision).toBe(2);
    expect(await gateway.request(toggleIntegration, { id: system.id }, await user())).toMatchObject({
      status: 'unknown',
    });
  });

  it('counts for the dashboard', async () => {
    const of = { id: randomUUID(), slug: 'counted' };
    const as = await user(SYSTEM_ROLES.owner, of);
    const empty = await gateway.request(getIntegrationsDashboard, {}, as);
    expect(empty).toMatchObject({ total: 0, byType: {}, activeAlerts: 0 });
    const one = await create('one', { alertAfterFailures: 1, maxRetries: 0 }, of);
    const two = await create('two', {}, of);
    await create('three', { type: 'mqtt', baseUrl: 'mqtt://broker.example.com' }, of);
    respond = (_, response) => response.writeHead(500).end();
    await gateway.request(checkIntegrationHealth, { id: one.id }, as);
    await gateway.request(toggleIntegration, { id: two.id }, as);
    expect(await gateway.request(getIntegrationsDashboard, {}, as)).toEqual({
      total: 3,
      byStatus: { healthy: 0, degraded: 0, down: 1, unknown: 1, disabled: 1, checking: 0 },
      byType: { rest_api: 2, mqtt: 1 },
      activeAlerts: 1,
    });
  });

  it('keeps organizations apart and asks for the permission', async () => {
    const { id } = await create('ours');
    const asStranger = await user(SYSTEM_ROLES.owner, stranger);
    for (const attempt of [
      gateway.request(getIntegration, { id }, asStranger),
      gateway.request(updateIntegration, { id, revision: 1, name: 'x' }, asStranger),
      gateway.request(toggleIntegration, { id }, asStranger),
      gateway.request(deleteIntegration, { id }, asStranger),
      gateway.request(checkIntegrationHealth, { id }, asStranger),
      gateway.request(testIntegration, { id }, asStranger),
      gateway.request(listHealthHistory, { id }, asStranger),
    ])
      await expect(attempt).rejects.toMatchObject({ code: 'not_found' });
    expect((await gateway.request(listIntegrations, {}, asStranger)).data).toEqual([]);
    const viewer = await user(SYSTEM_ROLES.viewer);
    expect(await gateway.request(getIntegration, { id }, viewer)).toMatchObject({ id });
    await expect(gateway.request(checkIntegrationHealth, { id }, viewer)).rejects.toMatchObject({ code: 'forbidden' });
    expect(paths).toEqual([]);
  });

  it('deletes softly, frees the key, and restores; all of it survives a restart', async () => {
    const { id } = await create('gone');
    await expect(create('gone')).rejects.toMatchObject({ code: 'already_exists' });
    await gateway.request(deleteIntegration, { id }, await user());
    await expect(gateway.request(getIntegration, { id }, await user())).rejects.toMatchObject({ code: 'not_found' });
    await expect(gateway.request(checkIntegrationHealth, { id }, await user())).rejects.toMatchObject({
      code: 'not_found',
    });
    await service.stop();
    service = await launch();
    expect(await gateway.request(restoreIntegration, { id }, await user())).toMatchObject({ id, key: 'gone' });
  });

  it('creates once for one Idempotency-Key', async () => {
    const request = { name: 'Once', key: 'once', type: 'rest_api' as const, baseUrl: origin };
    const options = { ...(await user()), idempotencyKey: randomUUID() };
    const first = await gateway.request(createIntegration, request, options);
    expect(await gateway.request(createIntegration, request, options)).toEqual(first);
  });
});
