import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { seal, unseal } from './sealed-bytes.js';

describe('sealed bytes', () => {
  const key = randomBytes(32);
  const binding = ['credential', 'org', 'id', 1];

  it('opens with the same key and binding, and nothing else', () => {
    const sealed = seal(key, Buffer.from('s3cret'), binding);
    expect(unseal(key, sealed, binding).toString()).toBe('s3cret');
    expect(() => unseal(randomBytes(32), sealed, binding)).toThrow();
    expect(() => unseal(key, sealed, ['credential', 'org', 'id', 2])).toThrow();
    expect(() => unseal(key, sealed, ['credential', 'other', 'id', 1])).toThrow();
    for (const index of [0, 13, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => unseal(key, changed, binding)).toThrow();
    }
  });

  it('never uses a nonce twice', () => {
    const nonces = Array.from({ length: 1_000 }, () =>
      seal(key, Buffer.alloc(1), binding).subarray(0, 12).toString('hex'),
    );
    expect(new Set(nonces).size).toBe(1_000);
  });
});
