import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { healthSubject, SERVICES } from '@rpa/contracts';
import { encodeBody } from '@rpa/messaging';
import { eventually } from '@rpa/testing';
import { Platform } from './platform.js';

const OTHERS = SERVICES.filter((service) => service !== 'gateway');

let platform: Platform;
let workerIsReady = true;
beforeAll(async () => {
  platform = await Platform.start({ REQUIRED_SERVICES: 'worker,ai' });
  for (const service of ['worker', 'ai'] as const) {
    const bus = await platform.connectAs(service);
    bus.subscribe(healthSubject(service), (_body, msg) => {
      const ready = service === 'ai' || workerIsReady;
      const check = ready ? { ok: true } : { ok: false, reason: 'the disk is full' };
      msg.respond(encodeBody({ status: ready ? 'ready' : 'not_ready', checks: { disk: check } }));
    });
  }
});
afterAll(() => platform.stop());

describe('health', () => {
  it('is live without asking anybody', async () => {
    expect(await platform.get('/api/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
  });

  it('is ready when NATS and every required service are', async () => {
    expect(await platform.get('/api/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ready', checks: { nats: { ok: true }, worker: { ok: true }, ai: { ok: true } } },
    });
  });

  it('sums up all services, also those that are not required', async () => {
    const { status, body } = await platform.get('/api/health');
    expect({ status, of: body['status'] }).toEqual({ status: 200, of: 'ok' });
    const services = body['services'] as Record<string, object>;
    expect(Object.keys(services).sort()).toEqual([...SERVICES].sort());
    expect(services['gateway']).toEqual({ ready: true, required: true });
    expect(services['auth']).toEqual({ ready: false, required: false, reason: 'does not run' });
  });

  it('turns red with the reason that the service gives, and green again', async () => {
    workerIsReady = false;
    await eventually(async () =>
      expect(await platform.get('/api/health/ready')).toMatchObject({
        status: 503,
        body: { status: 'not_ready', checks: { worker: { ok: false, reason: 'disk: the disk is full' } } },
      }),
    );
    workerIsReady = true;
    await eventually(async () => expect((await platform.get('/api/health/ready')).status).toBe(200));
  });

  it('tells the same on its own probe port, as far as it concerns itself', async () => {
    const probes = `http://127.0.0.1:${platform.gateway.probePort}`;
    expect((await fetch(`${probes}/health/ready`)).status).toBe(200);
    expect(await (await fetch(`${probes}/metrics`)).text()).toContain('rpa_http_request_duration_seconds');
  });
});

describe('when NATS is away', () => {
  it('answers 503 with Retry-After, stays live, says why, and recovers by itself', async () => {
    const token = await platform.tokenOf('owner');
    const ask = () => platform.get('/api/v1/executions', { authorization: `Bearer ${token}` });
    await platform.stopNats();
    const away = await eventually(async () => {
      const answer = await ask();
      expect(answer.body['detail']).toContain('NATS');
      return answer;
    });
    expect(away).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(Number(away.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await platform.get('/api/health/live')).status).toBe(200);
    await eventually(async () => {
      const { status, body } = await platform.get('/api/health/ready');
      expect({ status, body }).toMatchObject({ status: 503, body: { checks: { nats: { ok: false } } } });
    });
    await platform.restoreNats();
    await eventually(async () => expect((await platform.get('/api/health/ready')).status).toBe(200), 10_000);
    expect((await ask()).body['detail']).toContain("'executions' does not answer");
  }, 30_000);
});

describe('REQUIRED_SERVICES', () => {
  it('is every service by default', async () => {
    const whole = await Platform.start();
    try {
      const { status, body } = await whole.get('/api/health/ready');
      expect(status).toBe(503);
      expect(Object.keys(body['checks'] as object).sort()).toEqual(['nats', ...OTHERS].sort());
    } finally {
      await whole.stop();
    }
  });
});
