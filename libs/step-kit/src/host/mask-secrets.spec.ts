import { describe, expect, it } from '@jest/globals';
import { maskBytes, maskOf, maskValue } from './mask-secrets.js';

describe('masking of secrets', () => {
  it('masks a secret in every form in which a server may echo it', () => {
    const mask = maskOf({ type: 'basic_auth', data: { username: 'anna', password: 'p"ss/word' } });
    const echoed = {
      plain: 'p"ss/word',
      url: 'p%22ss%2Fword',
      header: `Basic ${Buffer.from('anna:p"ss/word').toString('base64')}`,
      user: 'anna',
    };
    expect(maskValue(echoed, mask)).toEqual({
      plain: '[secret]',
      url: '[secret]',
      header: 'Basic [secret]',
      user: 'anna',
    });
  });

  it('leaves alone what is no secret, and hides every field of a custom credential', () => {
    const value = { name: 'X-API-Key' };
    expect(maskValue(value, maskOf({ type: 'api_key', data: { key: 'abcdefgh', name: 'X-API-Key' } }))).toBe(value);
    const custom = maskOf({ type: 'custom', data: { deep: { pin: '998877' } } });
    expect(custom('pin 998877')).toBe('pin [secret]');
    expect(maskOf(null)('x')).toBe('x');
  });
});

describe('maskBytes', () => {
  const mask = maskOf({ type: 'bearer', data: { token: 's3cret-t"ken-ü' } });
  const text = `a s3cret-t"ken-ü b ${encodeURIComponent('s3cret-t"ken-ü')} ${JSON.stringify({ t: 's3cret-t"ken-ü' })} s3cret-t"ken`;

  it.each([1, 2, 7, 16, 1_000])('finds secrets in pieces of %d bytes as it does in one text', async (size) => {
    const bytes = Buffer.from(text);
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    const masked: Uint8Array[] = [];
    for await (const chunk of maskBytes(pieces, mask)) masked.push(chunk);
    expect(Buffer.concat(masked).toString()).toBe(mask(text));
    expect(mask(text)).not.toMatch(/s3cret-t("|\\"|%22)ken-/);
  });
});
