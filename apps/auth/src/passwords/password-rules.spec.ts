import { describe, expect, it } from '@jest/globals';
import { isLeakedPassword } from './leaked-passwords.js';
import { assertGoodPassword } from './password-rules.js';

const OWNER = { email: 'grace.hopper@navy.example', firstName: 'Grace', lastName: 'Hopper' };

describe('passwords that everybody tries', () => {
  it.each([
    'password',
    'PASSWORD1234',
    '123456qwerty',
    'p@ssw0rd!!!!',
    '2026-dragon-2026',
    'monkeymonkey',
    'aaaaaaaaaaaaaaaa',
    '123123123123',
    '１２３４５６７８９０',
  ])('%s is one', (password) => expect(isLeakedPassword(password)).toBe(true));

  it.each(['correct horse battery staple', 'nanoseconds in a wire', 'Xk2#vQ9!mLp4', 'моят дълъг израз'])(
    '%s is none',
    (password) => expect(isLeakedPassword(password)).toBe(false),
  );
});

describe('passwords of somebody', () => {
  it.each(['GraceHopper1906', 'hopper.grace.1906', 'grace.hopper@navy', 'navy-navy-navy-1'])(
    '%s is refused',
    (password) => {
      expect(() => assertGoodPassword(password, OWNER)).toThrow(
        expect.objectContaining({ errors: [expect.objectContaining({ path: 'password' })] }),
      );
    },
  );

  it('may hold a name among other words', () => {
    expect(() => assertGoodPassword('grace under pressure', OWNER)).not.toThrow();
  });
});
