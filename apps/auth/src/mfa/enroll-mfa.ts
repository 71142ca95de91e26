import { Injectable } from '@nestjs/common';
import {
  AppError,
  type EnrollMfaReply,
  type EnrollMfaRequest,
  type MfaStatusReply,
  type RecoveryCodesReply,
  type UserPrincipal,
} from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
import { Audit, Transactions } from '@rpa/platform';
import { AccessChanges } from '../access/access-changes.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { ConfirmPassword } from '../passwords/confirm-password.js';
import { Sealing } from '../sealing/sealing.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { CheckSecondFactor, totpPurpose } from './check-second-factor.js';
import { MfaRepository } from './mfa.repository.js';
import { hashOfRecoveryCode, newRecoveryCodes } from './recovery-codes.js';
import { newTotpSecret, totpUri } from './totp.js';

/** Sets an authenticator app up: a secret first, and it counts once a code has shown that the app has it. */
@Injectable()
export class EnrollMfa {
  constructor(
    private readonly factors: MfaRepository,
    private readonly accounts: AccountsRepository,
    private readonly confirmPassword: ConfirmPassword,
    private readonly check: CheckSecondFactor,
    private readonly sealing: Sealing,
    private readonly sessions: SessionsRepository,
    private readonly transactions: Transactions,
    private readonly changes: AccessChanges,
    private readonly audit: Audit,
  ) {}

  async status({ organizationId, userId }: UserPrincipal): Promise<MfaStatusReply> {
    const factor = await this.factors.find(organizationId, userId);
    const enabled = Boolean(factor?.confirmedAt);
    return {
      enabled,
      enabledAt: factor?.confirmedAt?.toISOString() ?? null,
      recoveryCodesLeft: enabled ? await this.factors.recoveryCodesLeft(organizationId, userId) : 0,
    };
  }

  async begin({ password }: EnrollMfaRequest, user: UserPrincipal, client: ClientRef): Promise<EnrollMfaReply> {
    const { organizationId, userId } = user;
    const account = await this.accounts.get(organizationId, userId);
    await this.confirmPassword.execute(account, password, client);
    const secret = newTotpSecret();
    const begun = await this.factors.begin(organizationId, userId, this.sealing.seal(totpPurpose(userId), secret));
    if (!begun) throw new AppError('conflict', 'A second factor is in use; disable it first.');
    return { secret, uri: totpUri(secret, account.email) };
  }

  async confirm(code: string, user: UserPrincipal): Promise<RecoveryCodesReply> {
    const { organizationId, userId, sessionId } = user;
    const factor = await this.factors.find(organizationId, userId);
    if (!factor || factor.confirmedAt) throw new AppError('conflict', 'No set-up of a second factor waits for a code.');
    await this.check.execute(organizationId, userId, code, 'app');
    const { reply, ended } = await this.transactions.run(async () => {
      await this.factors.confirm(organizationId, userId);
      const reply = await this.newCodes(organizationId, userId);
      await this.audit.record({ action: 'mfa.enabled', resource: { type: 'user', id: userId } });
      const ended = await this.sessions.end(organizationId, userId, 'mfa', { except: sessionId });
      return { reply, ended };
    });
    this.changes.tell(organizationId, 'session', ended);
    return reply;
  }

  async renewCodes(code: string, { organizationId, userId }: UserPrincipal): Promise<RecoveryCodesReply> {
    const factor = await this.factors.find(organizationId, userId);
    if (!factor?.confirmedAt) throw new AppError('conflict', 'No second factor is in use.');
    await this.check.execute(organizationId, userId, code, 'app');
    return this.transactions.run(async () => {
      await this.audit.record({ action: 'mfa.recovery_codes_renewed', resource: { type: 'user', id: userId } });
      return this.newCodes(organizationId, userId);
    });
  }

  private async newCodes(organizationId: string, userId: string): Promise<RecoveryCodesReply> {
    const recoveryCodes = newRecoveryCodes();
    await this.factors.replaceRecoveryCodes(organizationId, userId, recoveryCodes.map(hashOfRecoveryCode));
    return { recoveryCodes };
  }
}
