import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createApiKey,
  createRole,
  deactivateUser,
  enrollMfa,
  eraseUser,
  issuePasswordReset,
  listAuditRecords,
  setUserRoles,
  updateOrganization,
  type CommandDefinition,
  type Plain,
  type SessionView,
} from '@rpa/contracts';
import { eventually } from '@rpa/testing';
import { AuthService, CLIENT, PASSWORD } from './auth-service.js';

let auth: AuthService;
let owner: SessionView;
beforeAll(async () => {
  auth = await AuthService.start();
  owner = await auth.register();
}, 60_000);
afterAll(() => auth.stop());

const ask = <Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
  request: Plain<Request>,
): Promise<Reply> =>
  auth.gateway.request(command, request as NoInfer<Request>, { principal: owner.accessToken, client: CLIENT });

describe('what concerns access', () => {
  it('stands in the audit log, with who did it and from where, and without secrets', async () => {
    const editor = await auth.join(owner, ['editor'], { firstName: 'Zebedee', lastName: 'Quux' });
    const { id } = editor.user;
    await auth.login(editor.user.email, 'a wrong password').catch(() => undefined);
    await ask(setUserRoles, { id, roles: ['viewer'] });
    const { key } = await ask(createApiKey, { name: 'CI', scopes: ['workflows:read'] });
    const { token } = await ask(issuePasswordReset, { id });
    const { secret } = await ask(enrollMfa, { password: PASSWORD });
    await ask(createRole, { key: 'auditor', name: 'Auditor', permissions: ['audit:read'] });
    await ask(updateOrganization, { security: { maxSessions: 3 } });
    await ask(deactivateUser, { id });
    await ask(eraseUser, { id });
    const wanted = [
      'organization.created',
      'invitation.created',
      'invitation.accepted',
      'session.opened',
      'session.refused',
      'user.roles_changed',
      'api_key.created',
      'password_reset.issued',
      'role.created',
      'organization.updated',
      'user.deactivated',
      'user.erased',
    ];
    const data = await eventually(async () => {
      const page = await ask(listAuditRecords, { limit: 100 });
      expect(page.data.map(({ action }) => action)).toEqual(expect.arrayContaining(wanted));
      return page.data;
    });
    const changed = data.find(({ action }) => action === 'user.roles_changed');
    expect(changed).toMatchObject({
      actor: { kind: 'user', id: owner.user.id },
      resource: { type: 'user', id },
      before: { roles: ['editor'] },
      after: { roles: ['viewer'] },
      ip: CLIENT.address,
    });
    const text = JSON.stringify(data);
    for (const hidden of [key, token, secret, PASSWORD, 'a wrong password', owner.accessToken, owner.refreshToken])
      expect(text).not.toContain(hidden);
  });
});
