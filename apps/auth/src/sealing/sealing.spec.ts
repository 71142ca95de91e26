import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { AuthConfig } from '../auth.config.js';
import { Sealing } from './sealing.js';

const newKey = () => randomBytes(32).toString('base64');
const sealingBy = (...authKeys: string[]) => new Sealing({ authKeys } as unknown as AuthConfig);

describe('Sealing', () => {
  const [old, fresh] = [newKey(), newKey()];

  it('opens what it sealed, and seals the same differently each time', () => {
    const sealing = sealingBy(old);
    const [a, b] = [sealing.seal('totp 1', 'secret'), sealing.seal('totp 1', 'secret')];
    expect(a.equals(b)).toBe(false);
    expect([a, b].map((sealed) => sealing.open('totp 1', sealed).toString())).toEqual(['secret', 'secret']);
    expect(a.includes('secret')).toBe(false);
  });

  it('opens nothing in another place, and nothing that was changed', () => {
    const sealing = sealingBy(old);
    const sealed = sealing.seal('totp 1', 'secret');
    expect(() => sealing.open('totp 2', sealed)).toThrow();
    for (const at of [4, 16, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => sealing.open('totp 1', changed)).toThrow();
    }
    expect(() => sealing.open('totp 1', sealed.subarray(0, 20))).toThrow();
  });

  it('goes on with a new key while the old one still opens, and says so when that is gone', () => {
    const sealed = sealingBy(old).seal('totp 1', 'secret');
    expect(sealingBy(fresh, old).open('totp 1', sealed).toString()).toBe('secret');
    expect(() => sealingBy(fresh).open('totp 1', sealed)).toThrow('AUTH_KEY does not hold');
    const resealed = sealingBy(fresh, old).seal('totp 1', 'secret');
    expect(sealingBy(fresh).open('totp 1', resealed).toString()).toBe('secret');
  });
});
