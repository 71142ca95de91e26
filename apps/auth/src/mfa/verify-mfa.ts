import { Injectable } from '@nestjs/common';
import type { LoginReply, VerifyMfaRequest } from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
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
  ) {}

  async execute({ token, code }: VerifyMfaRequest, client: ClientRef): Promise<LoginReply> {
    const { account, steps } = await this.challenges.meet('mfa', token);
    await this.check.execute(account.organization.id, account.userId, code);
    return this.completeLogin.execute(account, { ...steps, secondFactor: true }, client);
  }
}
