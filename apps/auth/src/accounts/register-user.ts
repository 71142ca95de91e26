import { Inject, Injectable } from '@nestjs/common';
import { AppError, type RegisterUserRequest, type SessionView } from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
import { CONFIG, Transactions } from '@rpa/platform';
import type { AuthConfig } from '../auth.config.js';
import { BeginAudit } from '../audit/begin-audit.js';
import { assertGoodPassword } from '../passwords/password-rules.js';
import { Passwords } from '../passwords/passwords.js';
import { IssueTokens } from '../sessions/issue-tokens.js';
import { hashOf } from '../sessions/refresh-token.js';
import { SystemScopeRepository } from '../system-scope.repository.js';
import { AccountsRepository, emailTaken } from './accounts.repository.js';
import { normalizeEmail } from './email-address.js';

const BY_INVITATION = 'Organizations are not open for registration here: ask for an invitation.';

/** Creates an organization, its owner, and the owner's first session. */
@Injectable()
export class RegisterUser {
  constructor(
    @Inject(CONFIG) private readonly config: AuthConfig,
    private readonly accounts: AccountsRepository,
    private readonly systemScope: SystemScopeRepository,
    private readonly passwords: Passwords,
    private readonly issueTokens: IssueTokens,
    private readonly transactions: Transactions,
    private readonly beginAudit: BeginAudit,
  ) {}

  async execute(request: RegisterUserRequest, client: ClientRef): Promise<SessionView> {
    this.assertOpen(request.registrationToken);
    const email = normalizeEmail(request.email);
    if (await this.systemScope.findAccountByEmail(email)) throw emailTaken();
    assertGoodPassword(request.password, { ...request, email });
    const passwordHash = await this.passwords.hash(request.password);
    return this.transactions.run(async () => {
      const organization = await this.accounts.createOrganization(request.organizationName.trim());
      const { firstName, lastName } = request;
      const user = { email, passwordHash, firstName: firstName.trim(), lastName: lastName.trim() };
      const userId = await this.accounts.createUser(organization.id, user, ['owner']);
      await this.beginAudit.forOrganization(organization.id, organization.name, { kind: 'user', id: userId });
      return this.issueTokens.forNewSession(await this.accounts.get(organization.id, userId), client);
    });
  }

  private assertOpen(token: string | undefined): void {
    const { registration, registrationToken } = this.config;
    if (registration === 'open') return;
    if (registration === 'closed') throw new AppError('forbidden', 'Registration is closed on this installation.');
    const matches = registrationToken && token && hashOf(token).equals(hashOf(registrationToken));
    if (!matches) throw new AppError('forbidden', BY_INVITATION);
  }
}
