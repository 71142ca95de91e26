import { Inject, Injectable } from '@nestjs/common';
import { AppError, type LoginReply, type OpenSessionRequest } from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
import { Audit, LOGGER, Transactions, type Logger } from '@rpa/platform';
import { policyOf, type Account } from '../accounts/account.js';
import { normalizeEmail } from '../accounts/email-address.js';
import { CompleteLogin } from '../login/complete-login.js';
import { Passwords } from '../passwords/passwords.js';
import { SystemScopeRepository } from '../system-scope.repository.js';
import { LoginThrottle } from '../throttle/login-throttle.js';

/** Login with e-mail and password. */
@Injectable()
export class OpenSession {
  constructor(
    private readonly systemScope: SystemScopeRepository,
    private readonly passwords: Passwords,
    private readonly throttle: LoginThrottle,
    private readonly completeLogin: CompleteLogin,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute(request: OpenSessionRequest, client: ClientRef): Promise<LoginReply> {
    const email = normalizeEmail(request.email);
    await this.throttle.take(email, client.address);
    const account = await this.systemScope.findAccountByEmail(email);
    const matches = await this.passwords.verify(account?.passwordHash ?? null, request.password);
    // Whoever does not know the password learns nothing of the account, not even that it is deactivated.
    if (!account || !matches || account.deactivatedAt) {
      if (account) this.recordRefusal(account);
      throw new AppError('invalid_credentials');
    }
    await this.throttle.giveBack(email, client.address);
    if (policyOf(account.security).singleSignOnOnly && !account.roles.includes('owner'))
      throw new AppError('forbidden', 'Your organization signs in through its own provider only.');
    return this.completeLogin.execute(account, { byPassword: true, secondFactor: false }, client);
  }

  /** Beside the answer, which must not take longer for an account that exists. */
  private recordRefusal(account: Account): void {
    const resource = { type: 'user', id: account.userId, name: account.email };
    const record = { action: 'session.refused', organizationId: account.organization.id, resource };
    this.transactions
      .run(() => this.audit.record(record))
      .catch((error: unknown) => this.logger.warn({ err: error }, 'A refused login was not recorded'));
  }
}
