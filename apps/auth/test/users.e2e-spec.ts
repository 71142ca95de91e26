import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  activateUser,
  assignRole,
  checkSession,
  createApiKey,
  createRole,
  deactivateUser,
  deleteRole,
  deleteUser,
  eraseUser,
  getRole,
  getUser,
  listPermissions,
  listRoles,
  listUsers,
  PERMISSIONS,
  redeemApiKey,
  refreshSession,
  restoreUser,
  setUserRoles,
  SYSTEM_ROLES,
  unlockUser,
  updateRole,
  updateUser,
  type CommandDefinition,
  type ListUsersRequest,
  type Plain,
  type SessionView,
} from '@rpa/contracts';
import { Database } from '@rpa/platform';
import { AuthService, CLIENT, PASSWORD } from './auth-service.js';

let auth: AuthService;
let owner: SessionView;
beforeAll(async () => {
  auth = await AuthService.start();
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
const gatewaySays = async <Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
  request: Plain<Request>,
): Promise<Reply> =>
  auth.gateway.request(command, request as NoInfer<Request>, { principal: await auth.identity.serviceToken() });
const sessionOf = async (session: SessionView) => {
  const principal = await auth.identity.principal(session.accessToken);
  if (principal.kind !== 'user' || !principal.sessionId) throw new Error('no session');
  return gatewaySays(checkSession, { sessionId: principal.sessionId, organizationId: principal.organizationId });
};
const FORBIDDEN = { code: 'forbidden' };
const NOT_FOUND = { code: 'not_found' };

describe('users', () => {
  it('are listed page by page, and filtered', async () => {
    const editor = await auth.join(owner, ['editor'], { firstName: 'Grace', lastName: 'Hopper' });
    const viewer = await auth.join(owner, ['viewer']);
    const ids = async (filter: ListUsersRequest = {}) => (await ask(listUsers, filter)).data.map(({ id }) => id);
    expect(await ids()).toEqual([viewer.user.id, editor.user.id, owner.user.id]);
    expect(await ids({ role: 'editor' })).toEqual([editor.user.id]);
    expect(await ids({ search: 'HOPPER' })).toEqual([editor.user.id]);
    expect(await ids({ search: '100%' })).toEqual([]);
    await ask(deactivateUser, { id: viewer.user.id });
    expect(await ids({ status: 'deactivated' })).toEqual([viewer.user.id]);
    const first = await ask(listUsers, { limit: 2 });
    const second = await ask(listUsers, { limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.data, ...second.data].map(({ id }) => id)).toHaveLength(3);
    expect(second.nextCursor).toBeNull();
    const other = await auth.register();
    await expect(ask(listUsers, { cursor: first.nextCursor ?? '' }, other)).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });

  it('of another organization do not exist', async () => {
    const { id } = (await auth.register()).user;
    const roles = ['viewer'];
    for (const asked of [
      () => ask(getUser, { id }),
      () => ask(updateUser, { id, firstName: 'X' }),
      () => ask(deactivateUser, { id }),
      () => ask(activateUser, { id }),
      () => ask(unlockUser, { id }),
      () => ask(deleteUser, { id }),
      () => ask(restoreUser, { id }),
      () => ask(eraseUser, { id }),
      () => ask(setUserRoles, { id, roles }),
      () => ask(assignRole, { key: 'viewer', userIds: [id] }),
    ])
      await expect(asked()).rejects.toMatchObject(NOT_FOUND);
  });

  it('need the permission', async () => {
    const editor = await auth.join(owner, ['editor']);
    const { id } = owner.user;
    for (const asked of [
      () => ask(listUsers, {}, editor),
      () => ask(getUser, { id }, editor),
      () => ask(deleteUser, { id }, editor),
    ])
      await expect(asked()).rejects.toMatchObject(FORBIDDEN);
  });

  it('who are deactivated are out at once: sessions, refresh, login and API keys', async () => {
    const editor = await auth.join(owner, ['editor']);
    const { key } = await ask(createApiKey, { name: 'CI', scopes: ['workflows:read'] }, editor);
    expect(await sessionOf(editor)).toEqual({ active: true, epoch: 0 });
    expect(await ask(deactivateUser, { id: editor.user.id })).toMatchObject({ status: 'deactivated' });
    expect(await sessionOf(editor)).toMatchObject({ active: false });
    const refreshed = auth.gateway.request(refreshSession, { refreshToken: editor.refreshToken }, { client: CLIENT });
    await expect(refreshed).rejects.toMatchObject({ code: 'invalid_token' });
    await expect(auth.login(editor.user.email)).rejects.toMatchObject({ code: 'invalid_credentials' });
    await expect(gatewaySays(redeemApiKey, { key })).rejects.toMatchObject({ code: 'invalid_token' });
    await ask(activateUser, { id: editor.user.id });
    await expect(auth.signIn(editor.user.email)).resolves.toMatchObject({ tokenType: 'Bearer' });
    await expect(gatewaySays(redeemApiKey, { key })).rejects.toMatchObject({ code: 'invalid_token' });
  });

  it('are deleted, and restored unless their e-mail was taken', async () => {
    const editor = await auth.join(owner, ['editor']);
    const { id, email } = editor.user;
    await ask(deleteUser, { id });
    await expect(ask(getUser, { id })).rejects.toMatchObject(NOT_FOUND);
    expect(await sessionOf(editor)).toMatchObject({ active: false });
    expect(await ask(restoreUser, { id })).toMatchObject({ id, email, status: 'active', roles: ['editor'] });
    await ask(deleteUser, { id });
    await auth.register({ email });
    await expect(ask(restoreUser, { id })).rejects.toMatchObject({ code: 'already_exists' });
  });

  it('are erased for good: nothing is left that tells who it was', async () => {
    const editor = await auth.join(owner, ['editor'], { firstName: 'Zebedee', lastName: 'Quux' });
    const { id, email } = editor.user;
    await ask(createApiKey, { name: 'Own', scopes: ['workflows:read'] }, editor);
    await ask(eraseUser, { id });
    await expect(ask(restoreUser, { id })).rejects.toMatchObject(NOT_FOUND);
    await expect(auth.login(email)).rejects.toMatchObject({ code: 'invalid_credentials' });
    const { pool } = auth.app.get(Database);
    const tables = [
      'users',
      'sessions',
      'api_keys',
      'password_history',
      'user_roles',
      'oidc_identities',
      'invitations',
    ];
    for (const table of tables) {
      const { rows } = await pool.query(`SELECT t::text AS line FROM auth.${table} t`);
      expect({ table, hits: rows.filter(({ line }) => /Zebedee|Quux/.test(String(line))) }).toEqual({
        table,
        hits: [],
      });
    }
    const kept = await pool.query('SELECT email, password_hash FROM auth.users WHERE id = $1', [id]);
    expect(kept.rows).toEqual([{ email: `erased-${id}@erased.invalid`, password_hash: null }]);
    await expect(auth.register({ email })).resolves.toMatchObject({ user: { email } });
  });

  it('who are locked out by wrong passwords are let in again by an administrator', async () => {
    const editor = await auth.join(owner, ['editor']);
    const { email, id } = editor.user;
    for (let tries = 0; tries < 11; tries++) await auth.login(email, 'wrong password').catch(() => undefined);
    await expect(auth.login(email, PASSWORD)).rejects.toMatchObject({ code: 'rate_limited' });
    await ask(unlockUser, { id });
    await expect(auth.signIn(email)).resolves.toMatchObject({ tokenType: 'Bearer' });
  });
});

describe('the last owner', () => {
  it('cannot be deactivated, deleted, erased or given other roles', async () => {
    const { id } = owner.user;
    for (const asked of [
      () => ask(deactivateUser, { id }),
      () => ask(deleteUser, { id }),
      () => ask(eraseUser, { id }),
      () => ask(setUserRoles, { id, roles: ['viewer'] }),
    ])
      await expect(asked()).rejects.toMatchObject({ code: 'conflict' });
    expect(await ask(getUser, { id })).toMatchObject({ status: 'active', roles: ['owner'] });
  });

  it('is still there when two owners remove each other at the same moment', async () => {
    const second = await auth.join(owner, ['owner']);
    const both = await Promise.allSettled([
      ask(deactivateUser, { id: second.user.id }),
      ask(deactivateUser, { id: owner.user.id }, second),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('rank', () => {
  it('keeps an administrator from making owners, and from touching them', async () => {
    const admin = await auth.join(owner, ['admin']);
    const { id } = owner.user;
    for (const asked of [
      () => ask(setUserRoles, { id: admin.user.id, roles: ['owner'] }, admin),
      () => ask(assignRole, { key: 'owner', userIds: [admin.user.id] }, admin),
      () => ask(setUserRoles, { id, roles: ['viewer'] }, admin),
      () => ask(deactivateUser, { id }, admin),
      () => ask(eraseUser, { id }, admin),
      () => ask(createRole, { key: 'boss', name: 'Boss', permissions: ['settings:write'] }, admin),
    ])
      await expect(asked()).rejects.toMatchObject(FORBIDDEN);
    const editor = await auth.join(owner, ['editor']);
    await expect(ask(setUserRoles, { id: editor.user.id, roles: ['viewer'] }, admin)).resolves.toMatchObject({
      roles: ['viewer'],
    });
  });

  it('is that of the present rights: who was an owner a moment ago holds a token that is out of date', async () => {
    const second = await auth.join(owner, ['owner']);
    await ask(setUserRoles, { id: second.user.id, roles: ['viewer'] });
    expect(await sessionOf(second)).toEqual({ active: true, epoch: 1 });
    const refreshed = await auth.gateway.request(
      refreshSession,
      { refreshToken: second.refreshToken },
      { client: CLIENT },
    );
    await expect(ask(listUsers, {}, refreshed)).rejects.toMatchObject(FORBIDDEN);
  });
});

describe('roles', () => {
  const AUDITOR = { key: 'auditor', name: 'Auditor', permissions: ['audit:read', 'executions:read'] as const };
  const auditor = { ...AUDITOR, permissions: [...AUDITOR.permissions] };

  it('are those of the system and of the organization, and permissions are explained', async () => {
    await ask(createRole, auditor);
    const { data } = await ask(listRoles, {});
    expect(data.map(({ key }) => key)).toEqual([...Object.keys(SYSTEM_ROLES), 'auditor']);
    expect(await ask(getRole, { key: 'auditor' })).toMatchObject({ ...auditor, system: false });
    const other = await auth.register();
    await expect(ask(getRole, { key: 'auditor' }, other)).rejects.toMatchObject(NOT_FOUND);
    const permissions = await ask(listPermissions, {});
    expect(permissions.data.map(({ permission }) => permission)).toEqual(Object.keys(PERMISSIONS));
  });

  it('of the organization count, change for everybody who has them, and go when nobody has them', async () => {
    await ask(createRole, auditor);
    const member = await auth.join(owner, ['auditor']);
    const principal = await auth.identity.principal(member.accessToken);
    expect(principal).toMatchObject({ permissions: new Set(auditor.permissions) });
    await expect(ask(deleteRole, { key: 'auditor' })).rejects.toMatchObject({ code: 'conflict' });
    await ask(updateRole, { key: 'auditor', permissions: ['audit:read', 'users:read'] });
    expect(await sessionOf(member)).toEqual({ active: true, epoch: 1 });
    const { refreshToken } = member;
    const again = await auth.gateway.request(refreshSession, { refreshToken }, { client: CLIENT });
    await expect(ask(listUsers, {}, again)).resolves.toMatchObject({ nextCursor: null });
    await ask(setUserRoles, { id: member.user.id, roles: ['viewer'] });
    await ask(deleteRole, { key: 'auditor' });
    await expect(ask(getRole, { key: 'auditor' })).rejects.toMatchObject(NOT_FOUND);
  });

  it('of the system are never changed, taken or removed; keys are unique', async () => {
    await ask(createRole, auditor);
    await expect(ask(createRole, auditor)).rejects.toMatchObject({ code: 'already_exists' });
    await expect(ask(createRole, { ...auditor, key: 'admin' })).rejects.toMatchObject({ code: 'already_exists' });
    await expect(ask(updateRole, { key: 'viewer', name: 'V' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(ask(deleteRole, { key: 'viewer' })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('that do not exist are named, and unknown permissions refused', async () => {
    const { id } = owner.user;
    await expect(ask(setUserRoles, { id, roles: ['owner', 'ghost'] })).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'roles', code: 'unknown_role' }],
    });
    for (const name of ['everything', '__proto__', 'constructor'])
      await expect(ask(createRole, { ...auditor, permissions: [name as never] })).rejects.toMatchObject({
        code: 'validation_failed',
      });
  });

  it('are given to many at once, or to nobody when one of them is not there', async () => {
    const [a, b] = [await auth.join(owner, ['viewer']), await auth.join(owner, ['viewer'])];
    const ghost = '0198c1f0-0000-7000-8000-00000000dead';
    const ids = [a.user.id, b.user.id];
    await expect(ask(assignRole, { key: 'editor', userIds: [...ids, ghost] })).rejects.toMatchObject(NOT_FOUND);
    expect(await ask(getUser, { id: a.user.id })).toMatchObject({ roles: ['viewer'] });
    await ask(assignRole, { key: 'editor', userIds: ids });
    for (const id of ids) expect(await ask(getUser, { id })).toMatchObject({ roles: ['editor', 'viewer'] });
  });

  it('are made once when the same Idempotency-Key comes twice', async () => {
    const options = { principal: owner.accessToken, idempotencyKey: 'role-1' };
    const first = await auth.gateway.request(createRole, auditor, options);
    expect(await auth.gateway.request(createRole, auditor, options)).toEqual(first);
  });
});
