import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import {
  changePassword,
  confirmMfa,
  deactivateUser,
  disableMfa,
  enrollMfa,
  issuePasswordReset,
  listSessions,
  mfaStatus,
  passwordResetRequested,
  eventWildcard,
  renewPassword,
  renewRecoveryCodes,
  requestPasswordReset,
  resetPassword,
  resetUserMfa,
  updateOrganization,
  verifyMfa,
  type CommandDefinition,
  type PasswordResetRequestedEvent,
  type Plain,
  type SessionView,
} from '@rpa/contracts';
import { Database } from '@rpa/platform';
import { eventually } from '@rpa/testing';
import { AuthService, CLIENT, PASSWORD } from './auth-service.js';

const NEXT = 'an entirely different phrase';
const STEP_MS = 30_000;

let auth: AuthService;
let owner: SessionView;
const links: PasswordResetRequestedEvent[] = [];
beforeAll(async () => {
  auth = await AuthService.start({ LOGIN_ATTEMPTS_PER_ADDRESS: '10000' });
  auth.gateway.subscribe(eventWildcard(passwordResetRequested), (body) =>
    links.push(body as PasswordResetRequestedEvent),
  );
  await auth.gateway.settled();
}, 60_000);
afterAll(() => auth.stop());
beforeEach(async () => {
  owner = await auth.register();
});

const ask = <Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
  request: Plain<Request>,
  as: SessionView = owner,
): Promise<Reply> =>
  auth.gateway.request(command, request as NoInfer<Request>, { principal: as.accessToken, client: CLIENT });
const anonymously = <Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
  request: Plain<Request>,
): Promise<Reply> => auth.gateway.request(command, request as NoInfer<Request>, { client: CLIENT });
const sql = (text: string, values: unknown[] = []) => auth.app.get(Database).pool.query(text, values);
const WRONG = { code: 'invalid_credentials' };
const INVALID = { code: 'invalid_token' };
const FORBIDDEN = { code: 'forbidden' };

/** What the app on somebody's phone shows; each call is one step later, as if half a minute had passed. */
class Phone {
  private steps = 0;

  constructor(private readonly secret: string) {}

  code(): string {
    const totp = new TOTP({ secret: Secret.fromBase32(this.secret), period: 30, digits: 6 });
    return totp.generate({ timestamp: Date.now() + this.steps++ * STEP_MS });
  }

  /** Lets time pass for the service: what was taken so far lies further back. */
  async wait(userId: string): Promise<void> {
    this.steps = 0;
    await sql('UPDATE auth.mfa_factors SET last_step = last_step - 10 WHERE user_id = $1', [userId]);
  }
}

async function enroll(as = owner): Promise<{ phone: Phone; recoveryCodes: string[] }> {
  const { secret, uri } = await ask(enrollMfa, { password: PASSWORD }, as);
  expect(uri).toMatch(/^otpauth:\/\/totp\//);
  const phone = new Phone(secret);
  const { recoveryCodes } = await ask(confirmMfa, { code: phone.code() }, as);
  await phone.wait(as.user.id);
  return { phone, recoveryCodes };
}

async function challenge(email = owner.user.email): Promise<string> {
  const reply = await auth.login(email);
  expect(reply).toMatchObject({ challenge: { challenge: 'mfa', methods: ['totp', 'recovery_code'] } });
  return reply.challenge?.token ?? '';
}

describe('a second factor', () => {
  it('is asked for at login once it was confirmed, not before', async () => {
    await ask(enrollMfa, { password: PASSWORD });
    await auth.signIn(owner.user.email);
    expect(await ask(mfaStatus, {})).toEqual({ enabled: false, enabledAt: null, recoveryCodesLeft: 0 });
    const { phone } = await enroll();
    expect(await ask(mfaStatus, {})).toMatchObject({ enabled: true, recoveryCodesLeft: 10 });
    const token = await challenge();
    const { session } = await anonymously(verifyMfa, { token, code: phone.code() });
    expect(session).toMatchObject({ tokenType: 'Bearer', user: { email: owner.user.email } });
  });

  it('takes each code once: a replay is refused, also by two at the same moment', async () => {
    const { phone } = await enroll();
    const code = phone.code();
    const tokens = await Promise.all([challenge(), challenge()]);
    const both = await Promise.allSettled(tokens.map((token) => anonymously(verifyMfa, { token, code })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(anonymously(verifyMfa, { token: await challenge(), code })).rejects.toMatchObject(WRONG);
  });

  it('takes no code of a step that is too far away', async () => {
    const { secret } = await ask(enrollMfa, { password: PASSWORD });
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    for (const steps of [-3, 3]) {
      const code = totp.generate({ timestamp: Date.now() + steps * STEP_MS });
      await expect(ask(confirmMfa, { code })).rejects.toMatchObject(WRONG);
    }
  });

  it('is replaced by a recovery code, each once and however it is typed', async () => {
    const { recoveryCodes } = await enroll();
    const [code = ''] = recoveryCodes;
    const use = async () =>
      anonymously(verifyMfa, { token: await challenge(), code: ` ${code.toUpperCase()}`.replaceAll('-', ' ').trim() });
    await expect(use()).resolves.toMatchObject({ session: { tokenType: 'Bearer' } });
    await expect(use()).rejects.toMatchObject(WRONG);
    const { rows } = await sql('SELECT encode(code_hash, $1) AS hash FROM auth.recovery_codes', ['escape']);
    expect(JSON.stringify(rows)).not.toContain(recoveryCodes[1]);
  });

  it('locks after five wrong codes, also for the right one, and also when they come at once', async () => {
    const { phone } = await enroll();
    const token = await challenge();
    const guesses = await Promise.allSettled(
      Array.from({ length: 8 }, (_, guess) => anonymously(verifyMfa, { token, code: String(100_000 + guess) })),
    );
    const codes = guesses.map((guess) => guess.status === 'rejected' && (guess.reason as { code: string }).code);
    expect(codes.filter((code) => code === 'invalid_credentials')).toHaveLength(5);
    await expect(anonymously(verifyMfa, { token, code: phone.code() })).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('cannot be stepped around: the token of the first step opens nothing, and belongs to it alone', async () => {
    await enroll();
    const token = await challenge();
    await expect(auth.gateway.request(mfaStatus, {}, { principal: token })).rejects.toMatchObject(INVALID);
    await expect(anonymously(renewPassword, { token, newPassword: NEXT })).rejects.toMatchObject(INVALID);
    const code = '123456';
    await expect(anonymously(verifyMfa, { token: owner.accessToken, code })).rejects.toMatchObject(INVALID);
    await expect(anonymously(verifyMfa, { token: 'x.y.z', code })).rejects.toMatchObject(INVALID);
  });

  it('is of no use to a login that began before the password changed', async () => {
    const { phone } = await enroll();
    const token = await challenge();
    await ask(changePassword, { currentPassword: PASSWORD, newPassword: NEXT });
    await expect(anonymously(verifyMfa, { token, code: phone.code() })).rejects.toMatchObject(INVALID);
  });

  it('goes only with password and code; enrolling twice needs that, too', async () => {
    const { phone } = await enroll();
    await expect(ask(enrollMfa, { password: PASSWORD })).rejects.toMatchObject({ code: 'conflict' });
    await expect(ask(enrollMfa, { password: 'wrong' })).rejects.toMatchObject(WRONG);
    await expect(ask(disableMfa, { password: 'wrong', code: phone.code() })).rejects.toMatchObject(WRONG);
    await expect(ask(disableMfa, { password: PASSWORD, code: '000000' })).rejects.toMatchObject(WRONG);
    await phone.wait(owner.user.id);
    const { recoveryCodes } = await ask(renewRecoveryCodes, { code: phone.code() });
    await ask(disableMfa, { password: PASSWORD, code: recoveryCodes[0] ?? '' });
    await auth.signIn(owner.user.email);
  });

  it('that is lost is removed by an administrator, who must not be less than its user', async () => {
    const editor = await auth.join(owner, ['editor']);
    await enroll(editor);
    const admin = await auth.join(owner, ['admin']);
    await enroll(owner);
    await expect(ask(resetUserMfa, { id: owner.user.id }, admin)).rejects.toMatchObject(FORBIDDEN);
    await ask(resetUserMfa, { id: editor.user.id }, admin);
    await auth.signIn(editor.user.email);
  });

  it('rests sealed: the secret is not in the table', async () => {
    const { secret } = await ask(enrollMfa, { password: PASSWORD });
    const { rows } = await sql('SELECT encode(secret, $1) AS sealed FROM auth.mfa_factors', ['escape']);
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(secret);
  });
});

describe('passwords', () => {
  const change = (currentPassword: string, newPassword: string, as = owner) =>
    ask(changePassword, { currentPassword, newPassword }, as);

  it('are changed by who knows the old one, and every other session ends', async () => {
    const other = await auth.signIn(owner.user.email);
    await expect(change('wrong', NEXT)).rejects.toMatchObject(WRONG);
    await change(PASSWORD, NEXT);
    expect((await ask(listSessions, {})).data).toMatchObject([{ current: true }]);
    await expect(auth.login(owner.user.email)).rejects.toMatchObject(WRONG);
    await expect(auth.signIn(owner.user.email, NEXT)).resolves.toMatchObject({ user: other.user });
  });

  it.each([
    ['the present one', PASSWORD, 'used_before'],
    ['one that leaked', 'qwerty123456', 'leaked'],
    ['one that leaked, decorated', '!!P4ssw0rd!!2026', 'leaked'],
    ['one that is written twice', 'sunshinesunshine', 'leaked'],
    ['the name', 'Ada.Lovelace-2026', 'personal'],
  ])('are refused when they are %s', async (_what, newPassword, code) => {
    await expect(change(PASSWORD, newPassword)).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'newPassword', code }],
    });
  });

  it('do not come back while the organization remembers them', async () => {
    await ask(updateOrganization, { security: { passwordHistory: 2 } });
    await change(PASSWORD, `${NEXT} 1`);
    await expect(change(`${NEXT} 1`, PASSWORD)).rejects.toMatchObject({ errors: [{ code: 'used_before' }] });
    await change(`${NEXT} 1`, `${NEXT} 2`);
    await change(`${NEXT} 2`, PASSWORD);
    const { rows } = await sql('SELECT count(*)::int AS kept FROM auth.password_history WHERE user_id = $1', [
      owner.user.id,
    ]);
    expect(rows).toEqual([{ kept: 2 }]);
  });

  it('that are older than the organization wants are replaced at login, once', async () => {
    await ask(updateOrganization, { security: { passwordMaxAgeDays: 30 } });
    await sql(`UPDATE auth.users SET password_changed_at = now() - interval '31 days' WHERE id = $1`, [owner.user.id]);
    const { challenge, session } = await auth.login(owner.user.email);
    expect({ challenge: challenge?.challenge, session }).toEqual({ challenge: 'password_expired', session: undefined });
    const token = challenge?.token ?? '';
    await expect(anonymously(renewPassword, { token, newPassword: PASSWORD })).rejects.toMatchObject({
      errors: [{ code: 'used_before' }],
    });
    const renewed = await anonymously(renewPassword, { token, newPassword: NEXT });
    expect(renewed).toMatchObject({ session: { user: owner.user } });
    await expect(anonymously(renewPassword, { token, newPassword: `${NEXT}!` })).rejects.toMatchObject(INVALID);
    await auth.signIn(owner.user.email, NEXT);
  });

  it('open nothing where the organization signs in elsewhere, but for owners', async () => {
    const editor = await auth.join(owner, ['editor']);
    await ask(updateOrganization, { security: { singleSignOnOnly: true } });
    await expect(auth.login(editor.user.email)).rejects.toMatchObject(FORBIDDEN);
    await expect(auth.login(editor.user.email, 'wrong password')).rejects.toMatchObject(WRONG);
    await auth.signIn(owner.user.email);
  });
});

describe('a forgotten password', () => {
  const linkTo = (email: string) => links.find((link) => link.email === email)?.link ?? '';
  const tokenOf = (link: string) => link.split('#token=')[1] ?? '';
  const forget = (email: string) => anonymously(requestPasswordReset, { email });

  it('is set anew by the link that was sent, once, and every session ends', async () => {
    const { email } = owner.user;
    expect(await forget(email.toUpperCase())).toEqual({});
    await eventually(() => expect(linkTo(email)).toMatch(/^http:\/\/localhost:3000\/reset-password#token=/));
    const token = tokenOf(linkTo(email));
    await expect(anonymously(resetPassword, { token, newPassword: 'password12345' })).rejects.toMatchObject({
      errors: [{ code: 'leaked' }],
    });
    const both = await Promise.allSettled(
      [NEXT, `${NEXT}!`].map((newPassword) => anonymously(resetPassword, { token, newPassword })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(anonymously(resetPassword, { token, newPassword: `${NEXT}?` })).rejects.toMatchObject(INVALID);
    const { rows } = await sql('SELECT id FROM auth.sessions WHERE user_id = $1 AND ended_at IS NULL', [owner.user.id]);
    expect(rows).toEqual([]);
  });

  it('gives the same answer for an account that does not exist, or is deactivated, and sends nothing', async () => {
    const editor = await auth.join(owner, ['editor']);
    await ask(deactivateUser, { id: editor.user.id });
    const seen = links.length;
    expect(await forget('nobody-at-all@example.com')).toEqual({});
    expect(await forget(editor.user.email)).toEqual({});
    const last = await auth.register();
    await forget(last.user.email);
    await eventually(() => expect(linkTo(last.user.email)).not.toBe(''));
    expect(links.slice(seen).map(({ email }) => email)).toEqual([last.user.email]);
  });

  it('asks for no more than a few links', async () => {
    const other = { address: '192.0.2.200', userAgent: 'test' };
    const codes: unknown[] = [];
    for (let tries = 0; tries < 7; tries++) {
      const asked = auth.gateway.request(requestPasswordReset, { email: 'a@example.com' }, { client: other });
      codes.push(await asked.catch((error: { code: string }) => error.code));
    }
    expect(codes.slice(5)).toEqual(['rate_limited', 'rate_limited']);
  });

  it('is helped by an administrator with a link, not for who may do more', async () => {
    const editor = await auth.join(owner, ['editor']);
    const admin = await auth.join(owner, ['admin']);
    await expect(ask(issuePasswordReset, { id: owner.user.id }, admin)).rejects.toMatchObject(FORBIDDEN);
    const first = await ask(issuePasswordReset, { id: editor.user.id }, admin);
    const second = await ask(issuePasswordReset, { id: editor.user.id }, admin);
    const newPassword = NEXT;
    await expect(anonymously(resetPassword, { token: first.token, newPassword })).rejects.toMatchObject(INVALID);
    await anonymously(resetPassword, { token: second.token, newPassword });
    await auth.signIn(editor.user.email, NEXT);
  });

  it('keeps the second factor', async () => {
    await enroll();
    const editor = await auth.join(owner, ['owner']);
    const { token } = await ask(issuePasswordReset, { id: owner.user.id }, editor);
    await anonymously(resetPassword, { token, newPassword: NEXT });
    expect(await auth.login(owner.user.email, NEXT)).toMatchObject({ challenge: { challenge: 'mfa' } });
  });
});
