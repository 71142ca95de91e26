import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  checkIntegrationHealth,
  createIntegration,
  deleteIntegration,
  getIntegration,
  getIntegrationsDashboard,
  listHealthHistory,
  listIntegrations,
  restoreIntegration,
  SYSTEM_ROLES,
  testIntegration,
  toggleIntegration,
  updateIntegration,
} from '@rpa/contracts';
import { IntegrationsScenario } from './integrations-scenario.js';

describe('registry of integrations', () => {
  let scenario: IntegrationsScenario;
  beforeAll(async () => {
    scenario = await IntegrationsScenario.start();
  });
  afterAll(() => scenario.close());
  beforeEach(() => {
    scenario.paths = [];
    scenario.respond = (_, response) => response.end('ok');
  });

  it('creates with the defaults, reads and lists', async () => {
    const created = await scenario.create('shop', { tags: ['a', 'b'] });
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
    expect(await scenario.read(created)).toEqual(created);
    const list = await scenario.gateway.request(
      listIntegrations,
      { tag: 'b', type: 'rest_api' },
      await scenario.user(),
    );
    expect(list.data).toEqual([created]);
    expect((await scenario.gateway.request(listIntegrations, { tag: 'c' }, await scenario.user())).data).toEqual([]);
  });

  it('changes on the revision that was read, only what is given', async () => {
    const { id } = await scenario.create('changing', { rateLimitPerMinute: 60, healthCheckUrl: '/health' });
    const change = { id, revision: 1, name: 'New name', rateLimitPerMinute: null };
    const changed = await scenario.gateway.request(updateIntegration, change, await scenario.user());
    expect(changed).toMatchObject({
      revision: 2,
      name: 'New name',
      rateLimitPerMinute: null,
      healthCheckUrl: '/health',
      baseUrl: `${scenario.origin}/api`,
    });
    await expect(scenario.gateway.request(updateIntegration, change, await scenario.user())).rejects.toMatchObject({
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
    await expect(scenario.create('refused', more)).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [expect.objectContaining({ path }) as never],
    });
  });

  it('takes a credential that exists', async () => {
    const created = await scenario.create('with_credential', { authType: 'api_key', credentialKey: 'shop_api' });
    expect(created).toMatchObject({ authType: 'api_key', credentialKey: 'shop_api' });
  });

  it('counts for the dashboard', async () => {
    const of = { id: randomUUID(), slug: 'counted' };
    const as = await scenario.user(SYSTEM_ROLES.owner, of);
    const empty = await scenario.gateway.request(getIntegrationsDashboard, {}, as);
    expect(empty).toMatchObject({ total: 0, byType: {}, activeAlerts: 0 });
    const one = await scenario.create('one', { alertAfterFailures: 1, maxRetries: 0 }, of);
    const two = await scenario.create('two', {}, of);
    await scenario.create('three', { type: 'mqtt', baseUrl: 'mqtt://broker.example.com' }, of);
    scenario.respond = (_, response) => response.writeHead(500).end();
    await scenario.gateway.request(checkIntegrationHealth, { id: one.id }, as);
    await scenario.gateway.request(toggleIntegration, { id: two.id }, as);
    expect(await scenario.gateway.request(getIntegrationsDashboard, {}, as)).toEqual({
      total: 3,
      byStatus: { healthy: 0, degraded: 0, down: 1, unknown: 1, disabled: 1, checking: 0 },
      byType: { rest_api: 2, mqtt: 1 },
      activeAlerts: 1,
    });
  });

  it('keeps organizations apart and asks for the permission', async () => {
    const { id } = await scenario.create('ours');
    const asStranger = await scenario.user(SYSTEM_ROLES.owner, { id: randomUUID(), slug: 'other' });
    for (const attempt of [
      scenario.gateway.request(getIntegration, { id }, asStranger),
      scenario.gateway.request(updateIntegration, { id, revision: 1, name: 'x' }, asStranger),
      scenario.gateway.request(toggleIntegration, { id }, asStranger),
      scenario.gateway.request(deleteIntegration, { id }, asStranger),
      scenario.gateway.request(checkIntegrationHealth, { id }, asStranger),
      scenario.gateway.request(testIntegration, { id }, asStranger),
      scenario.gateway.request(listHealthHistory, { id }, asStranger),
    ])
      await expect(attempt).rejects.toMatchObject({ code: 'not_found' });
    expect((await scenario.gateway.request(listIntegrations, {}, asStranger)).data).toEqual([]);
    const viewer = await scenario.user(SYSTEM_ROLES.viewer);
    expect(await scenario.gateway.request(getIntegration, { id }, viewer)).toMatchObject({ id });
    await expect(scenario.gateway.request(checkIntegrationHealth, { id }, viewer)).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(scenario.paths).toEqual([]);
  });

  it('deletes softly, frees the key, and restores; all of it survives a restart', async () => {
    const { id } = await scenario.create('gone');
    await expect(scenario.create('gone')).rejects.toMatchObject({ code: 'already_exists' });
    await scenario.gateway.request(deleteIntegration, { id }, await scenario.user());
    await expect(scenario.gateway.request(getIntegration, { id }, await scenario.user())).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(scenario.gateway.request(checkIntegrationHealth, { id }, await scenario.user())).rejects.toMatchObject(
      {
        code: 'not_found',
      },
    );
    await scenario.service.stop();
    scenario.service = await scenario.launch();
    expect(await scenario.gateway.request(restoreIntegration, { id }, await scenario.user())).toMatchObject({
      id,
      key: 'gone',
    });
  });

  it('creates once for one Idempotency-Key', async () => {
    const request = { name: 'Once', key: 'once', type: 'rest_api' as const, baseUrl: scenario.origin };
    const options = { ...(await scenario.user()), idempotencyKey: randomUUID() };
    const first = await scenario.gateway.request(createIntegration, request, options);
    expect(await scenario.gateway.request(createIntegration, request, options)).toEqual(first);
  });
});
