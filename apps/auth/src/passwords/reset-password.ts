import { Injectable } from '@nestjs/common';
import { AppError, type DoneReply, type RenewPasswordRequest, type ResetPasswordRequest } from '@rpa/contracts';
import type { LoginReply } from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
import { Transactions } from '@rpa/platform';
import type { Account } from '../accounts/account.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { CompleteLogin } from '../login/complete-login.js';
import { LoginChallenges } from '../login/login-challenges.js';
import { hashOf } from '../sessions/refresh-token.js';
import { SystemScopeRepository, type OpenPasswordReset } from '../system-scope.repository.js';
import { SetPassword } from './set-password.js';

/** Sets a password without the old one: by a reset link, or at a login whose password has expired. */
@Injectable()
export class ResetPassword {
  constructor(
    private readonly systemScope: SystemScopeRepository,
    private readonly accounts: AccountsRepository,
    private readonly challenges: LoginChallenges,
    private readonly completeLogin: CompleteLogin,
    private readonly setPassword: SetPassword,
    private readonly transactions: Transactions,
  ) {}

  async byLink({ token, newPassword }: ResetPasswordRequest): Promise<DoneReply> {
    const lock = (): Promise<OpenPasswordReset> => this.lock(token);
    const { account } = await this.transactions.run(async () => ({ account: await this.accountOf(await lock()) }));
    // Setting the password forgets the link: of two who use it at once the second finds it gone.
    await this.setPassword.execute(account, newPassword, { claim: async () => void (await lock()) });
    return {};
  }

  async atLogin({ token, newPassword }: RenewPasswordRequest, client: ClientRef): Promise<LoginReply> {
    const { account, steps } = await this.challenges.meet('password_expired', token);
    await this.setPassword.execute(account, newPassword);
    const renewed = await this.accounts.get(account.organization.id, account.userId);
    return this.completeLogin.execute(renewed, steps, client);
  }

  private async lock(token: string): Promise<OpenPasswordReset> {
    const reset = await this.systemScope.lockPasswordReset(hashOf(token));
    if (!reset) throw new AppError('invalid_token', 'The reset link was used or has expired; ask for a new one.');
    return reset;
  }

  private async accountOf({ organizationId, userId }: OpenPasswordReset): Promise<Account> {
    const account = await this.accounts.find(organizationId, userId);
    if (!account || account.deactivatedAt)
      throw new AppError('invalid_token', 'The account of this reset link is not there any more.');
    return account;
  }
}
