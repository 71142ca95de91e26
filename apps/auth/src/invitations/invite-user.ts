import { Inject, Injectable } from '@nestjs/common';
import {
  AppError,
  type InvitationView,
  type InviteUserReply,
  type InviteUserRequest,
  type UserPrincipal,
} from '@rpa/contracts';
import type { InvitationEntity } from '@rpa/entities/auth';
import { Audit, CONFIG, Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';
import { assertMayGrant } from '../access/rank.js';
import { emailTaken } from '../accounts/accounts.repository.js';
import { normalizeEmail } from '../accounts/email-address.js';
import type { AuthConfig } from '../auth.config.js';
import { allowedBy, RolesRepository } from '../roles/roles.repository.js';
import { hashOf, newSecretToken } from '../sessions/refresh-token.js';
import { SystemScopeRepository } from '../system-scope.repository.js';
import { InvitationsRepository } from './invitations.repository.js';

const LIFETIME_MS = 7 * 86_400_000;

@Injectable()
export class InviteUser {
  constructor(
    @Inject(CONFIG) private readonly config: AuthConfig,
    private readonly invitations: InvitationsRepository,
    private readonly roles: RolesRepository,
    private readonly systemScope: SystemScopeRepository,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  async execute(actor: UserPrincipal, request: InviteUserRequest): Promise<InviteUserReply> {
    const { organizationId } = actor;
    if (this.config.registration === 'closed')
      throw new AppError('forbidden', 'This installation takes no new users (REGISTRATION=closed).');
    assertMayGrant(actor, allowedBy(await this.roles.resolve(organizationId, request.roles)));
    const email = normalizeEmail(request.email);
    if (await this.systemScope.findAccountByEmail(email)) throw emailTaken();
    const token = newSecretToken();
    const row = {
      id: newId(),
      email,
      roles: [...new Set(request.roles)],
      tokenHash: hashOf(token),
      invitedBy: actor.userId,
      createdAt: new Date(),
      expiresAt: new Date(Date.now() + LIFETIME_MS),
    };
    const view = await this.transactions.run(async () => {
      await this.invitations.withdraw(organizationId, email);
      const view = toInvitationView(await this.invitations.insert(organizationId, row));
      const resource = { type: 'invitation', id: row.id, name: email };
      await this.audit.record({ action: 'invitation.created', resource, after: { email, roles: row.roles } });
      return view;
    });
    // Behind the #, so that no server or proxy ever logs it.
    return { ...view, token, link: `${this.config.publicUrl}/accept-invitation#token=${token}` };
  }
}

export function toInvitationView(row: InvitationEntity): InvitationView {
  const { id, email, roles, invitedBy, createdAt, expiresAt } = row;
  return { id, email, roles, invitedBy, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
}
