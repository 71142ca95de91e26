import { SERVICES, type ServiceName } from '@rpa/contracts';
import { defineConfig, integer, list, serviceVariables, text, type ConfigOf, type Variable } from '@rpa/platform';
import { parseRateLimit, type RateLimit } from './limits/rate-limit.js';

const OTHERS = SERVICES.filter((service) => service !== 'gateway');

export const gatewayConfig = defineConfig({
  ...serviceVariables('gateway', 3001),
  port: integer('PORT', {
    description: 'Port of the HTTP API; 0 takes a free one',
    default: 3000,
    min: 0,
    max: 65_535,
  }),
  host: text('HOST', { description: 'Address that the HTTP API listens on', default: '127.0.0.1' }),
  publicUrl: text('PUBLIC_URL', {
    description: 'Where browsers reach the gateway; with https its cookies are sent over TLS only',
    default: 'http://localhost:3000',
    pattern: /^https?:\/\/[^/?#\s]+$/,
  }),
  allowedOrigins: list('ALLOWED_ORIGINS', {
    description: 'Origins whose pages may call the API (CORS), comma separated, e.g. https://app.example.com',
  }),
  trustedProxies: list('TRUSTED_PROXIES', {
    description: 'Addresses or networks of proxies whose X-Forwarded-For is believed, comma separated',
  }),
  rateLimit: rateLimitVariable('RATE_LIMIT', 'Requests per organization (or address, when anonymous) in a time'),
  rateLimitKey: rateLimitVariable('RATE_LIMIT_KEY', 'Requests per API key in a time, beside that of its organization'),
  maxRequests: integer('MAX_REQUESTS', {
    description: 'Requests in work at once, long waits and event streams included; more are answered with 503',
    default: 2_000,
    min: 10,
    max: 100_000,
  }),
  requestTimeoutMs: integer('REQUEST_TIMEOUT_MS', {
    description: 'Milliseconds in which a request must have arrived completely',
    default: 30_000,
    min: 100,
    max: 600_000,
  }),
  liveConnections: integer('LIVE_CONNECTIONS', {
    description: 'Event streams, and WebSockets, that an organization may have open at this gateway at once',
    default: 200,
    min: 1,
    max: 100_000,
  }),
  requiredServices: servicesVariable(),
});

export type GatewayConfig = ConfigOf<typeof gatewayConfig.variables>;

function rateLimitVariable(env: string, meaning: string): Variable<RateLimit | null> {
  return {
    env,
    description: `${meaning}, e.g. 600/1m; empty: no limit`,
    defaultText: '',
    read: (raw) => (raw === undefined ? null : parseRateLimit(raw)),
  };
}

function servicesVariable(): Variable<readonly ServiceName[]> {
  return {
    env: 'REQUIRED_SERVICES',
    description: 'Services that must answer before /api/health/ready is green, comma separated; default: all',
    defaultText: OTHERS.join(','),
    read(raw) {
      if (raw === undefined) return OTHERS;
      const names = raw.split(',').map((name) => name.trim());
      const unknown = names.filter((name) => !OTHERS.includes(name as never));
      if (unknown.length > 0) throw new Error(`knows no service '${unknown.join("', '")}'`);
      return names as ServiceName[];
    },
  };
}
