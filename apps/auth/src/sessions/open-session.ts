import { Injectable } from '@nestjs/common';
import { AppError, type OpenSessionRequest, type SessionView } from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
import { Transactions } from '@rpa/platform';
import { normalizeEmail } from '../accounts/email-address.js';
import { Passwords } from '../passwords/passwords.js';
import { SystemScopeRepository } from '../system-scope.repository.js';
import { LoginThrottle } from '../throttle/login-throttle.js';
import { IssueTokens } from './issue-tokens.js';

/** Login with e-mail and password. */
@Injectable()
export class OpenSession {
  constructor(
    private readonly systemScope: SystemScopeRepository,
    private readonly passwords: Passwords,
    private readonly throttle: LoginThrottle,
    private readonly issueTokens: IssueTokens,
    private readonly transactions: Transactions,
  ) {}

  async execute(request: OpenSessionRequest, client: ClientRef): Promise<SessionView> {
    const email = normalizeEmail(request.email);
    await this.throttle.take(email, client.address);
    const account = await this.systemScope.findAccountByEmail(email);
    const matches = await this.passwords.verify(account?.passwordHash ?? null, request.password);
    if (!account || !matches) throw new AppError('invalid_credentials');
    await this.throttle.giveBack(email, client.address);
    return this.transactions.run(() => this.issueTokens.forNewSession(account, client));
  }
}
