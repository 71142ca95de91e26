import { describe, expect, it } from '@jest/globals';
import { Health } from './health.js';
import { Metrics } from '../metrics/metrics.js';
import { startProbeServer } from './probe-server.js';

describe('Health', () => {
  it('is ready when every check is, and says which is not', async () => {
    const health = new Health();
    health.add('good', () => ({ ok: true }));
    health.add('bad', () => Promise.resolve({ ok: false, reason: 'away' }));
    health.add('broken', () => {
      throw new Error('odd');
    });
    expect(await health.readiness()).toEqual({
      status: 'not_ready',
      checks: { good: { ok: true }, bad: { ok: false, reason: 'away' }, broken: { ok: false, reason: 'odd' } },
    });
  });

  it('asks once for all who ask at the same time, and again later', async () => {
    let asked = 0;
    const health = new Health();
    health.add('one', () => ({ ok: ++asked > 0 }));
    await Promise.all(Array.from({ length: 50 }, () => health.readiness()));
    expect(asked).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 550));
    await health.readiness();
    expect(asked).toBe(2);
  });

  it('does not wait for ever', async () => {
    const health = new Health();
    health.add('stuck', () => new Promise(() => undefined));
    const started = performance.now();
    expect((await health.readiness()).checks['stuck']).toEqual({
      ok: false,
      reason: 'stuck: no answer within 1000 ms',
    });
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

describe('Probe server', () => {
  it('goes on when a metric cannot be read', async () => {
    const metrics = new Metrics('auth');
    metrics.gauge('odd', 'Odd', () => {
      throw new Error('no number');
    });
    const server = await startProbeServer({ host: '127.0.0.1', port: 0, health: new Health(), metrics });
    const ask = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
    expect((await ask('/metrics')).status).toBe(500);
    expect((await ask('/health/live')).status).toBe(200);
    await expect(
      startProbeServer({ host: '127.0.0.1', port: server.port, health: new Health(), metrics }),
    ).rejects.toThrow(/EADDRINUSE/);
    await server.close();
  });
});
