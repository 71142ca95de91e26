import { Injectable } from '@nestjs/common';
import type { SessionEnd } from '@rpa/entities/auth';
import { Audit, Transactions } from '@rpa/platform';
import { AccessChanges } from '../access/access-changes.js';
import { policyOf, type Account } from '../accounts/account.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { assertGoodPassword, refusedAsUsed } from './password-rules.js';
import { Passwords } from './passwords.js';
import { PasswordsRepository } from './passwords.repository.js';

const ENDED_BY: SessionEnd = 'password';

/** Gives an account another password, whoever asked for it: held to the rules, and every other session ends. */
@Injectable()
export class SetPassword {
  constructor(
    private readonly passwords: Passwords,
    private readonly rows: PasswordsRepository,
    private readonly sessions: SessionsRepository,
    private readonly transactions: Transactions,
    private readonly changes: AccessChanges,
    private readonly audit: Audit,
  ) {}

  /**
   * `path` is the field that a refusal names, `keepSession` the one that asked. `claim` runs in the transaction before
   * anything is written; what it throws undoes all.
   */
  async execute(
    account: Account,
    password: string,
    options: { keepSession?: string | undefined; claim?: () => Promise<void> } = {},
  ): Promise<void> {
    const organizationId = account.organization.id;
    assertGoodPassword(password, account, 'newPassword');
    const { passwordHistory } = policyOf(account.security);
    await this.assertNew(account, password, passwordHistory);
    const hash = await this.passwords.hash(password);
    const ended = await this.transactions.run(async () => {
      await options.claim?.();
      await this.rows.replace(organizationId, account.userId, hash, passwordHistory);
      await this.audit.record({
        action: 'password.changed',
        organizationId,
        actor: { kind: 'user', id: account.userId },
        resource: { type: 'user', id: account.userId, name: account.email },
      });
      return this.sessions.end(organizationId, account.userId, ENDED_BY, { except: options.keepSession });
    });
    this.changes.tell(organizationId, 'session', ended);
  }

  private async assertNew(account: Account, password: string, history: number): Promise<void> {
    const old = await this.rows.history(account.organization.id, account.userId, Math.max(0, history - 1));
    const hashes = history > 0 ? [account.passwordHash, ...old] : [];
    for (const hash of hashes)
      if (hash !== null && (await this.passwords.verify(hash, password))) throw refusedAsUsed('newPassword');
  }
}
