import { Inject, Injectable } from '@nestjs/common';
import { AppError, type SessionView } from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
import { Audit, LOGGER, Transactions, type Logger } from '@rpa/platform';
import { AccessChanges } from '../access/access-changes.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { SystemScopeRepository, type TradedToken } from '../system-scope.repository.js';
import { IssueTokens } from './issue-tokens.js';
import { hashOf, newSuccessorSalt, successorOf } from './refresh-token.js';
import { SessionsRepository } from './sessions.repository.js';

/** A client whose answer got lost, or that refreshes in two tabs, repeats itself at once. */
const GRACE_SECONDS = 10;

interface Trade {
  session: SessionView | null;
  /** A copy of its token is about, so it was ended. */
  stolen?: TradedToken;
}

/**
 * Trades a refresh token for its successor. A token that comes back later, or from elsewhere, or after its successor was
 * used, was copied: the session ends for the thief and the user alike.
 */
@Injectable()
export class RefreshSession {
  constructor(
    private readonly systemScope: SystemScopeRepository,
    private readonly sessions: SessionsRepository,
    private readonly accounts: AccountsRepository,
    private readonly issueTokens: IssueTokens,
    private readonly transactions: Transactions,
    private readonly changes: AccessChanges,
    private readonly audit: Audit,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute(token: string, client: ClientRef): Promise<SessionView> {
    // The refusal is thrown after the commit, or it would undo the end of a copied session.
    const { session, stolen } = await this.transactions.run(() => this.trade(token, client));
    if (stolen) this.changes.tell(stolen.organizationId, 'session', [stolen.sessionId]);
    if (!session) throw new AppError('invalid_token', 'The refresh token is not valid any more; log in again.');
    return session;
  }

  private async trade(token: string, client: ClientRef): Promise<Trade> {
    const traded = await this.systemScope.lockRefreshToken(hashOf(token), GRACE_SECONDS);
    if (!traded || traded.dead) return { session: null };
    const successor = traded.used ? await this.repeat(token, traded, client) : await this.rotate(token, traded, client);
    if (!successor) {
      this.logger.warn({ sessionId: traded.sessionId }, 'A refresh token was used twice; its session has been ended');
      await this.sessions.endByReuse(traded.organizationId, traded.sessionId);
      await this.audit.record({
        action: 'session.refresh_reused',
        organizationId: traded.organizationId,
        resource: { type: 'user', id: traded.userId },
      });
      return { session: null, stolen: traded };
    }
    const account = await this.accounts.find(traded.organizationId, traded.userId);
    if (!account || account.deactivatedAt) return { session: null };
    return { session: await this.issueTokens.withRefreshToken(account, traded.sessionId, successor) };
  }

  private async rotate(token: string, traded: TradedToken, client: ClientRef): Promise<string> {
    const { organizationId, sessionId } = traded;
    const salt = newSuccessorSalt();
    const successor = successorOf(token, salt);
    await this.sessions.markUsed(organizationId, traded.id, salt);
    await this.sessions.addToken(organizationId, sessionId, hashOf(successor));
    await this.sessions.prolong(organizationId, sessionId, client);
    return successor;
  }

  private async repeat(token: string, traded: TradedToken, client: ClientRef): Promise<string | null> {
    const sameClient = client.address === traded.clientAddress && client.userAgent === traded.userAgent;
    if (!traded.usedLately || !sameClient || !traded.successorSalt) return null;
    const successor = successorOf(token, traded.successorSalt);
    return (await this.sessions.isUnused(traded.organizationId, hashOf(successor))) ? successor : null;
  }
}
