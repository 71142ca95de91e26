import { Injectable } from '@nestjs/common';
import { AppError } from '@rpa/contracts';
import { Sealing } from '../sealing/sealing.js';
import { AttemptLimit, MFA_ATTEMPTS } from '../throttle/attempt-limit.js';
import { MfaRepository } from './mfa.repository.js';
import { hashOfRecoveryCode } from './recovery-codes.js';
import { stepOfCode } from './totp.js';

/** What the factor's secret is sealed for. */
export function totpPurpose(userId: string): string {
  return `totp ${userId}`;
}

/** Looks at a code of the app or a recovery code, and uses it up. */
@Injectable()
export class CheckSecondFactor {
  constructor(
    private readonly factors: MfaRepository,
    private readonly sealing: Sealing,
    private readonly limit: AttemptLimit,
  ) {}

  /** @throws `invalid_credentials` for a code that is wrong or was used, `rate_limited` after five of them */
  async execute(organizationId: string, userId: string, code: string, kinds: 'app' | 'any' = 'any'): Promise<void> {
    await this.limit.take(MFA_ATTEMPTS, userId);
    const taken = /^\d{6}$/.test(code)
      ? await this.takeAppCode(organizationId, userId, code)
      : kinds === 'any' && (await this.factors.useRecoveryCode(organizationId, userId, hashOfRecoveryCode(code)));
    if (!taken) throw new AppError('invalid_credentials', 'The code is wrong, or was used already.');
    await this.limit.forget(MFA_ATTEMPTS, userId);
  }

  private async takeAppCode(organizationId: string, userId: string, code: string): Promise<boolean> {
    const factor = await this.factors.find(organizationId, userId);
    if (!factor) return false;
    const step = stepOfCode(this.sealing.open(totpPurpose(userId), factor.secret).toString(), code);
    return step !== null && this.factors.takeStep(organizationId, userId, step);
  }
}
