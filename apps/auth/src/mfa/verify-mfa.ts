import { Injectable } from '@nestjs/common';
import type { LoginReply, VerifyMfaRequest } from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
import { Audit, Transactions } from '@rpa/platform';
import type { Account } from '../accounts/account.js';
import { CompleteLogin } from '../login/complete-login.js';
import { LoginChallenges } from '../login/login-challenges.js';
import { CheckSecondFactor } from './check-second-factor.js';

/** The second step of a login. */
@Injectable()
export class VerifyMfa {
  constructor(
    private readonly challenges: LoginChallenges,
    private readonly check: CheckSecondFactor,
    private readonly completeLogin: CompleteLogin,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  async execute({ token, code }: VerifyMfaRequest, client: ClientRef): Promise<LoginReply> {
    const { account, steps } = await this.challenges.meet('mfa', token);
    await this.check.execute(account.organization.id, account.userId, code).catch(async (error: unknown) => {
      await this.recordRefusal(account);
      throw error;
    });
    return this.completeLogin.execute(account, { ...steps, secondFactor: true }, client);
  }

  private recordRefusal({ userId, email, organization }: Account): Promise<void> {
    const resource = { type: 'user', id: userId, name: email };
    const record = { action: 'mfa.refused', organizationId: organization.id, resource };
    return this.transactions.run(() => this.audit.record(record));
  }
}
