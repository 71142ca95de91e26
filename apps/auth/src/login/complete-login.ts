import { Injectable } from '@nestjs/common';
import type { LoginReply } from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
import { policyOf, type Account } from '../accounts/account.js';
import { StartSession } from '../sessions/start-session.js';
import { LoginChallenges, type LoginSteps } from './login-challenges.js';

const DAY_MS = 86_400_000;

/** What follows when somebody has proven who they are: what is still asked for, or else the session. */
@Injectable()
export class CompleteLogin {
  constructor(
    private readonly challenges: LoginChallenges,
    private readonly startSession: StartSession,
  ) {}

  async execute(account: Account, steps: LoginSteps, client: ClientRef): Promise<LoginReply> {
    if (account.mfaEnabled && !steps.secondFactor)
      return { challenge: await this.challenges.make('mfa', account, steps) };
    if (steps.byPassword && passwordExpired(account))
      return { challenge: await this.challenges.make('password_expired', account, steps) };
    return { session: await this.startSession.execute(account, client) };
  }
}

function passwordExpired({ security, passwordChangedAt }: Account): boolean {
  const { passwordMaxAgeDays } = policyOf(security);
  return passwordMaxAgeDays > 0 && passwordChangedAt.getTime() + passwordMaxAgeDays * DAY_MS < Date.now();
}
