import { Inject, Injectable } from '@nestjs/common';
import { AppError, type AcceptInvitationRequest, type SessionView } from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
import { Audit, CONFIG, Transactions } from '@rpa/platform';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import type { AuthConfig } from '../auth.config.js';
import { assertGoodPassword } from '../passwords/password-rules.js';
import { Passwords } from '../passwords/passwords.js';
import { hashOf } from '../sessions/refresh-token.js';
import { StartSession } from '../sessions/start-session.js';
import { SystemScopeRepository, type OpenInvitation } from '../system-scope.repository.js';
import { InvitationsRepository } from './invitations.repository.js';

/** Whoever has an invitation makes an account of it, once. */
@Injectable()
export class AcceptInvitation {
  constructor(
    @Inject(CONFIG) private readonly config: AuthConfig,
    private readonly systemScope: SystemScopeRepository,
    private readonly invitations: InvitationsRepository,
    private readonly accounts: AccountsRepository,
    private readonly passwords: Passwords,
    private readonly startSession: StartSession,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  async execute(request: AcceptInvitationRequest, client: ClientRef): Promise<SessionView> {
    if (this.config.registration === 'closed')
      throw new AppError('forbidden', 'This installation takes no new users (REGISTRATION=closed).');
    const { email } = await this.transactions.run(() => this.lock(request.token));
    const names = { firstName: request.firstName.trim(), lastName: request.lastName.trim() };
    assertGoodPassword(request.password, { email, ...names });
    const passwordHash = await this.passwords.hash(request.password);
    return this.transactions.run(async () => {
      const { id, organizationId, roles, invitedBy } = await this.lock(request.token);
      const userId = await this.accounts.createUser(organizationId, { email, passwordHash, ...names }, roles);
      await this.invitations.softDelete(organizationId, id);
      await this.audit.record({
        action: 'invitation.accepted',
        organizationId,
        actor: { kind: 'user', id: userId },
        resource: { type: 'user', id: userId, name: email },
        after: { roles, invitedBy },
      });
      return this.startSession.execute(await this.accounts.get(organizationId, userId), client);
    });
  }

  private async lock(token: string): Promise<OpenInvitation> {
    const invitation = await this.systemScope.lockInvitation(hashOf(token));
    if (!invitation) throw new AppError('invalid_token', 'The invitation was used, taken back, or has expired.');
    return invitation;
  }
}
