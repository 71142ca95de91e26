import { describe, expect, it } from '@jest/globals';
import { renderNatsConfig } from './render-nats-config.js';
import type { NatsServerConfig } from './render-nats-config.js';

const config: NatsServerConfig = {
  serverName: 'nats-0',
  host: '0.0.0.0',
  port: 4222,
  storeDir: '/data',
  users: [{ user: 'gateway', password: { env: 'NATS_PASSWORD_GATEWAY' }, publish: ['rpc.>'], subscribe: [] }],
  system: { user: 'system', password: 'a"b\\c' },
};

describe('renderNatsConfig', () => {
  it('takes passwords from the environment or writes them quoted', () => {
    const text = renderNatsConfig(config);
    expect(text).toContain('user: "gateway", password: $NATS_PASSWORD_GATEWAY');
    expect(text).toContain('users: [{ user: "system", password: "a\\"b\\\\c" }]');
  });

  it('refuses nothing less than everything when a list is empty', () => {
    expect(renderNatsConfig(config)).toContain('subscribe: { deny: [">"] }');
  });

  it('keeps every listed user out of the callout', () => {
    const text = renderNatsConfig({ ...config, authCallout: { issuer: 'AISSUER', xkey: 'XKEY' } });
    expect(text).toMatch(
      /auth_callout \{\s+issuer: "AISSUER"\s+account: RPA\s+auth_users: \["gateway", "system"\]\s+xkey: "XKEY"/,
    );
  });

  it('opens the monitoring port only when asked', () => {
    expect(renderNatsConfig(config)).not.toContain('http:');
    expect(renderNatsConfig({ ...config, monitoring: { host: '0.0.0.0', port: 8222 } })).toContain(
      'http: "0.0.0.0:8222"',
    );
  });

  it.each<[string, Partial<NatsServerConfig>, RegExp]>([
    ['no user, which would let everybody in', { users: [] }, /at least one user/],
    ['a user twice', { users: [...config.users, ...config.users] }, /gateway is listed twice/],
    ['a line break that would start a setting', { serverName: 'x\nno_auth_user: gateway' }, /control character/],
    ['a variable name that would end the value', { system: { user: 's', password: { env: 'A }' } } }, /no name of an/],
  ])('refuses %s', (_, change, message) => {
    expect(() => renderNatsConfig({ ...config, ...change })).toThrow(message);
  });
});
