import { Injectable } from '@nestjs/common';
import { AppError, type LoginChallenge, type LoginChallengeKind } from '@rpa/contracts';
import { Identity } from '@rpa/platform';
import type { Account } from '../accounts/account.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';

const AUDIENCE = 'rpa-login';
const SECONDS = 300;
const METHODS: LoginChallenge['methods'] = ['totp', 'recovery_code'];

/** How far a login has come. */
export interface LoginSteps {
  /** The password was given, not another provider's word. */
  byPassword: boolean;
  secondFactor: boolean;
}

/**
 * The tokens that join the steps of a login. They open nothing by themselves (their audience is their own), and are good
 * only as long as the password is the one with which the login began.
 */
@Injectable()
export class LoginChallenges {
  constructor(
    private readonly identity: Identity,
    private readonly accounts: AccountsRepository,
  ) {}

  async make(challenge: LoginChallengeKind, account: Account, steps: LoginSteps): Promise<LoginChallenge> {
    const claims = {
      org: account.organization.id,
      step: challenge,
      pwd: account.passwordChangedAt.getTime(),
      bypwd: steps.byPassword,
      mfa: steps.secondFactor,
    };
    const token = await this.identity.sign(claims, {
      audience: AUDIENCE,
      expiresInSeconds: SECONDS,
      subject: account.userId,
    });
    return {
      challenge,
      token,
      expiresIn: SECONDS,
      ...(challenge === 'mfa' && { methods: METHODS }),
    };
  }

  /** @throws `invalid_token` unless the token belongs to this step of a login that may still go on */
  async meet(challenge: LoginChallengeKind, token: string): Promise<{ account: Account; steps: LoginSteps }> {
    const { signer, claims } = await this.identity.verify(token, AUDIENCE);
    if (signer !== 'auth' || claims['step'] !== challenge) throw refused();
    const account = await this.accounts.find(String(claims['org']), String(claims.sub));
    if (!account || account.deactivatedAt || account.passwordChangedAt.getTime() !== claims['pwd']) throw refused();
    return { account, steps: { byPassword: claims['bypwd'] === true, secondFactor: claims['mfa'] === true } };
  }
}

function refused(): AppError {
  return new AppError('invalid_token', 'This login cannot go on; begin it again.');
}
