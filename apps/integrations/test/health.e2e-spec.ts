import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { listActiveAlerts, listHealthHistory, testIntegration, toggleIntegration } from '@rpa/contracts';
import { IntegrationsScenario } from './integrations-scenario.js';

describe('health of integrations', () => {
  let scenario: IntegrationsScenario;
  beforeAll(async () => {
    scenario = await IntegrationsScenario.start();
  });
  afterAll(() => scenario.close());
  beforeEach(() => {
    scenario.paths = [];
    scenario.respond = (_, response) => response.end('ok');
  });

  it('checks, keeps the finding and the history', async () => {
    const system = await scenario.create('healthy', {
      healthCheckUrl: '/health',
      headers: { 'X-Client': 'rpa' },
      expectedStatus: 204,
    });
    scenario.respond = (request, response) =>
      response.writeHead(request.headers['x-client'] === 'rpa' ? 204 : 400).end();
    expect(await scenario.check(system)).toMatchObject({
      status: 'healthy',
      httpStatus: 204,
      attempts: 1,
      error: null,
    });
    expect(scenario.paths).toEqual(['GET /api/health']);
    scenario.respond = (_, response) => response.writeHead(404).end();
    const error = 'The status is 404, expected was 204.';
    expect(await scenario.check(system)).toMatchObject({ status: 'degraded', httpStatus: 404, attempts: 1, error });
    expect(await scenario.read(system)).toMatchObject({
      status: 'degraded',
      lastError: error,
      consecutiveFailures: 1,
      revision: 1,
    });
    const history = await scenario.gateway.request(
      listHealthHistory,
      { id: system.id, limit: 1 },
      await scenario.user(),
    );
    expect(history.data).toMatchObject([{ status: 'degraded', httpStatus: 404 }]);
    const older = { id: system.id, cursor: history.nextCursor ?? '' };
    expect(await scenario.gateway.request(listHealthHistory, older, await scenario.user())).toMatchObject({
      data: [{ status: 'healthy', httpStatus: 204 }],
      nextCursor: null,
    });
  });

  it('tries again what may pass, and raises an alert after failures in a row', async () => {
    const system = await scenario.create('flaky', { maxRetries: 2, alertAfterFailures: 2 });
    scenario.respond = (_, response) => response.writeHead(scenario.paths.length < 3 ? 503 : 200).end();
    expect(await scenario.check(system)).toMatchObject({ status: 'healthy', attempts: 3 });
    scenario.respond = (request) => request.socket.destroy();
    expect(await scenario.check(system)).toMatchObject({ status: 'down', httpStatus: null, attempts: 3 });
    const alerts = async () =>
      (await scenario.gateway.request(listActiveAlerts, {}, await scenario.user())).data.map(({ key }) => key);
    expect(await alerts()).not.toContain('flaky');
    await scenario.check(system);
    expect(await alerts()).toContain('flaky');
    scenario.respond = (_, response) => response.end('ok');
    await scenario.check(system);
    expect(await alerts()).not.toContain('flaky');
  });

  it('does not reach inside', async () => {
    for (const [key, baseUrl] of [
      ['metadata', 'http://169.254.169.254/'],
      ['nats', 'http://127.0.0.1:4222/'],
      ['redirected', `${scenario.origin}/to`],
    ] as const) {
      scenario.respond = (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:5432/' }).end();
      const result = await scenario.check(await scenario.create(key, { baseUrl }));
      expect(result).toMatchObject({
        status: 'down',
        attempts: 1,
        error: expect.stringContaining('EGRESS_ALLOW') as never,
      });
    }
  });

  it('says so while a check runs, and refuses a second one', async () => {
    const system = await scenario.create('slow');
    scenario.respond = (_, response) => setTimeout(() => response.end('ok'), 400);
    const running = scenario.check(system);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await scenario.read(system)).status).toBe('checking');
    await expect(scenario.check(system)).rejects.toMatchObject({ code: 'conflict' });
    expect(await running).toMatchObject({ status: 'healthy' });
    expect((await scenario.read(system)).status).toBe('healthy');
  });

  it('gives up in time', async () => {
    const system = await scenario.create('silent', { timeout: '200ms', maxRetries: 0 });
    scenario.respond = () => undefined;
    expect(await scenario.check(system)).toMatchObject({ status: 'down', error: 'No complete answer within 200 ms.' });
  });

  it('tests without keeping anything', async () => {
    const { id, ...system } = await scenario.create('tested');
    expect(await scenario.gateway.request(testIntegration, { id }, await scenario.user())).toMatchObject({
      status: 'healthy',
    });
    expect(await scenario.read({ id, ...system })).toMatchObject({ status: 'unknown', lastCheckedAt: null });
    expect((await scenario.gateway.request(listHealthHistory, { id }, await scenario.user())).data).toEqual([]);
  });

  it('says which types it cannot check', async () => {
    const mail = await scenario.create('mail', { type: 'smtp', baseUrl: 'smtp://mail.example.com:25' });
    await expect(scenario.check(mail)).rejects.toMatchObject({
      code: 'validation_failed',
      message: expect.stringContaining('smtp') as never,
    });
  });

  it('toggles, and does not check what is disabled', async () => {
    const system = await scenario.create('toggled');
    const off = await scenario.gateway.request(toggleIntegration, { id: system.id }, await scenario.user());
    expect(off).toMatchObject({ enabled: false, status: 'disabled', revision: 2 });
    await expect(scenario.check(system)).rejects.toMatchObject({ code: 'conflict' });
    expect(scenario.paths).toEqual([]);
    const again = await scenario.gateway.request(
      toggleIntegration,
      { id: system.id, enabled: false },
      await scenario.user(),
    );
    expect(again.revision).toBe(2);
    expect(await scenario.gateway.request(toggleIntegration, { id: system.id }, await scenario.user())).toMatchObject({
      status: 'unknown',
    });
  });
});
