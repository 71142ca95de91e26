import { Inject, Injectable } from '@nestjs/common';
import { AppError, type RegisterUserRequest, type SessionView } from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
import { CONFIG, Transactions } from '@rpa/platform';
import type { AuthConfig } from '../auth.config.js';
import { BeginAudit } from '../audit/begin-audit.js';
import { Passwords } from '../passwords/passwords.js';
import { IssueTokens } from '../sessions/issue-tokens.js';
import { SystemScopeRepository } from '../system-scope.repository.js';
import { AccountsRepository, emailTaken } from './accounts.repository.js';
import { normalizeEmail } from './email-address.js';

const CLOSED = {
  invite: 'Organizations are not open for registration here: ask for an invitation.',
  closed: 'Registration is closed on this installation.',
} as const;

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
    if (this.config.registration !== 'open') throw new AppError('forbidden', CLOSED[this.config.registration]);
    const email = normalizeEmail(request.email);
    if (await this.systemScope.findAccountByEmail(email)) throw emailTaken();
    const passwordHash = await this.passwords.hash(request.password);
    return this.transactions.run(async () => {
      const organization = await this.accounts.createOrganization(request.organizationName.trim());
      const { firstName, lastName } = request;
      const user = { email, passwordHash, firstName: firstName.trim(), lastName: lastName.trim() };
      const userId = await this.accounts.createUser(organization.id, user, 'owner');
      await this.beginAudit.forOrganization(organization.id, organization.name, { kind: 'user', id: userId });
      const account = await this.accounts.find(organization.id, userId);
      if (!account) throw new Error('The account that was just created cannot be read.');
      return this.issueTokens.forNewSession(account, client);
    });
  }
}
