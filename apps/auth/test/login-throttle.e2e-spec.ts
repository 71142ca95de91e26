import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError, openSession, registerUser } from '@rpa/contracts';
import { Database } from '@rpa/platform';
import { AuthService, CLIENT, newPerson, PASSWORD } from './auth-service.js';

let auth: AuthService;
beforeAll(async () => {
  auth = await AuthService.start({ LOGIN_ATTEMPTS_PER_ACCOUNT: '3', LOGIN_ATTEMPTS_PER_ADDRESS: '8' });
});
afterAll(() => auth.stop());

const login = (email: string, password: string, address = CLIENT.address) =>
  auth.gateway.request(openSession, { email, password }, { client: { ...CLIENT, address } });
const codeOf = async (attempt: Promise<unknown>): Promise<string> => {
  const error: unknown = await attempt.catch((thrown: unknown) => thrown);
  return AppError.is(error) ? error.code : 'ok';
};
async function newAccount(): Promise<string> {
  const person = newPerson();
  await auth.gateway.request(registerUser, person, { client: CLIENT });
  return person.email;
}

describe('login throttle', () => {
  it('refuses an account after its failures, from any address, also the right password, with Retry-After', async () => {
    const email = await newAccount();
    for (const address of ['192.0.2.11', '192.0.2.12', '192.0.2.13'])
      expect(await codeOf(login(email, 'wrong password', address))).toBe('invalid_credentials');
    const refused: unknown = await login(email, PASSWORD, '192.0.2.14').catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'rate_limited' });
    const { retryAfter } = refused as AppError;
    expect(retryAfter).toBeGreaterThan(800);
    expect(retryAfter).toBeLessThanOrEqual(900);
  });

  it('throttles an account that does not exist alike', async () => {
    const codes: string[] = [];
    for (let tries = 0; tries < 4; tries++) codes.push(await codeOf(login('ghost@example.com', 'x', '192.0.2.20')));
    expect(codes).toEqual([...Array<string>(3).fill('invalid_credentials'), 'rate_limited']);
  });

  it('lets parallel guesses not slip through', async () => {
    const email = await newAccount();
    const guesses = Array.from({ length: 7 }, () => codeOf(login(email, 'wrong password', '192.0.2.30')));
    const codes = await Promise.all(guesses);
    expect(codes.filter((code) => code === 'invalid_credentials')).toHaveLength(3);
  });

  it('refuses an address that tries many accounts, and all of its /64', async () => {
    const codes: string[] = [];
    for (let tries = 0; tries < 8; tries++)
      codes.push(await codeOf(login(`spray${tries}@example.com`, 'x', `2001:db8:1:2::${tries + 1}`)));
    expect(new Set(codes)).toEqual(new Set(['invalid_credentials']));
    expect(await codeOf(login('spray9@example.com', 'x', '2001:db8:1:2:ffff::1'))).toBe('rate_limited');
    expect(await codeOf(login('spray9@example.com', 'x', '2001:db8:1:3::1'))).toBe('invalid_credentials');
  });

  it('counts no successful login', async () => {
    const email = await newAccount();
    for (let tries = 0; tries < 12; tries++) expect(await codeOf(login(email, PASSWORD, '192.0.2.40'))).toBe('ok');
  });

  it('forgets when the window ends', async () => {
    const email = await newAccount();
    for (let tries = 0; tries < 4; tries++) await codeOf(login(email, 'wrong password', '192.0.2.50'));
    expect(await codeOf(login(email, PASSWORD, '192.0.2.50'))).toBe('rate_limited');
    await auth.app.get(Database).pool.query('UPDATE auth.login_attempts SET window_ends_at = now()');
    expect(await codeOf(login(email, PASSWORD, '192.0.2.50'))).toBe('ok');
  });
});
