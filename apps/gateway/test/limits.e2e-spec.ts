import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ConfigError } from '@rpa/platform';
import { gatewayConfig } from '@rpa/gateway';
import { listExecutions } from '@rpa/contracts';
import { createLogger, Metrics, ServiceDoor } from '@rpa/platform';
import { Platform } from './platform.js';

let platform: Platform | null = null;
afterEach(async () => {
  await platform?.stop();
  platform = null;
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('RATE_LIMIT', () => {
  it('holds each organization to it, and whoever has no token by address', async () => {
    platform = await Platform.start({ RATE_LIMIT: '3/1h' });
    const one = await platform.tokenOf('viewer');
    const other = await platform.tokenOf('viewer', { id: '0198c1f0-0000-7000-8000-0000000000cc', slug: 'other' });
    const codes = async (token: string): Promise<unknown[]> => {
      const answers = [];
      for (let request = 0; request < 4; request++)
        answers.push((await platform?.get('/api/v1/executions', bearer(token)))?.status);
      return answers;
    };
    expect(await codes(one)).toEqual([503, 503, 503, 429]);
    expect(await codes(other)).toEqual([503, 503, 503, 429]);
    expect(await codes('guessed')).toEqual([401, 401, 401, 429]);
    const refused = await platform.get('/api/v1/executions', bearer(one));
    expect(refused.body).toMatchObject({ code: 'rate_limited', detail: 'More than 3 requests in 3600 s.' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1_000);
    expect((await platform.get('/api/health/live')).status).toBe(200);
  });

  it('is one limit at all gateways', async () => {
    platform = await Platform.start({ RATE_LIMIT: '4/1h' });
    const second = await platform.startGateway({ RATE_LIMIT: '4/1h' });
    const token = await platform.tokenOf('viewer');
    const first = async () => (await platform?.get('/api/v1/executions', bearer(token)))?.status;
    expect([await first(), await first(), await first()]).toEqual([503, 503, 503]);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const atSecond = async () => (await fetch(`${second.url}/api/v1/executions`, { headers: bearer(token) })).status;
    expect([await atSecond(), await atSecond()]).toEqual([503, 429]);
  });

  it('counts by the address that a trusted proxy names', async () => {
    platform = await Platform.start({ RATE_LIMIT: '1/1h', TRUSTED_PROXIES: '127.0.0.1' });
    const from = async (address: string) =>
      (await platform?.get('/api/v1/executions', { 'x-forwarded-for': address }))?.status;
    expect([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.2')]).toEqual([401, 429, 401]);
  });
});

describe('configuration', () => {
  it('names everything that is wrong with it', () => {
    const load = () => gatewayConfig.load({ PORT: '70000', RATE_LIMIT: 'fast', REQUIRED_SERVICES: 'auth,web' });
    expect(load).toThrow(ConfigError);
    for (const text of ['PORT', 'RATE_LIMIT: must be like 600/1m', "REQUIRED_SERVICES: knows no service 'web'"])
      expect(load).toThrow(text);
  });
});

describe('stop', () => {
  it('finishes what runs, takes nothing new, and does not wait for idle connections', async () => {
    platform = await Platform.start();
    const bus = await platform.connectAs('executions');
    const logger = createLogger({ service: 'executions', level: 'silent', format: 'json' });
    const door = new ServiceDoor(await platform.identity('executions'), logger, new Metrics('executions'), null);
    const begun = new Promise<void>((resolve) => {
      bus.responder.handle(listExecutions, door, async () => {
        resolve();
        await new Promise((done) => setTimeout(done, 500));
        return listExecutions.example.reply;
      });
    });
    const { port } = new URL(platform.gateway.url);
    const idle = connect(Number(port), '127.0.0.1');
    const running = platform.get('/api/v1/executions', bearer(await platform.tokenOf('viewer')));
    await begun;
    const started = performance.now();
    const stopped = platform.gateway.stop();
    expect((await running).status).toBe(200);
    await stopped;
    expect(performance.now() - started).toBeLessThan(4_000);
    await expect(platform.get('/api/health/live')).rejects.toThrow();
    idle.destroy();
  });

  it('says so when its port is taken', async () => {
    platform = await Platform.start();
    const { port } = new URL(platform.gateway.url);
    await expect(Platform.start({ PORT: port })).rejects.toThrow('EADDRINUSE');
  });
});
