import { describe, expect, it } from '@jest/globals';
import { personOfClaims } from './person-of-claims.js';

describe('personOfClaims', () => {
  it('reads what providers say', () => {
    const claims = {
      sub: '1',
      email: 'Ada@Example.com',
      email_verified: true,
      name: 'Ada King Lovelace',
      groups: ['a'],
    };
    expect(personOfClaims(claims, 'groups')).toEqual({
      subject: '1',
      email: 'ada@example.com',
      emailVerified: true,
      firstName: 'Ada',
      lastName: 'King Lovelace',
      groups: ['a'],
    });
  });

  it.each([
    [{ email_verified: 'true' }, true],
    [{ email_verified: 'false' }, null],
    [{ email_verified: 1 }, null],
    [{}, null],
  ])('takes an address for verified only when it is told so: %j', (more, verified) => {
    expect(personOfClaims({ sub: '1', email: 'a@b.example', ...more }, 'groups').emailVerified).toBe(verified);
  });

  it.each([[{ groups: 'one' }], [{ groups: [1, null, 'one', {}] }]])('reads groups of any form: %j', (more) => {
    expect(personOfClaims({ sub: '1', ...more }, 'groups').groups).toEqual(['one']);
  });

  it('takes no group from a prototype, no address that is none, and no name with control characters', () => {
    const claims = { sub: '1', email: 'no address', given_name: `A\u0000\n${'x'.repeat(300)}` };
    const person = personOfClaims(claims, 'constructor');
    expect(person).toMatchObject({ email: null, groups: [] });
    expect(person.firstName).toMatch(/^A {2}x{97}$/);
  });

  it.each([[{}], [{ sub: '' }], [{ sub: 5 }]])('refuses somebody without a name: %j', (claims) => {
    expect(() => personOfClaims(claims, 'groups')).toThrow(expect.objectContaining({ code: 'invalid_token' }));
  });
});
