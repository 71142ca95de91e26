import { Injectable } from '@nestjs/common';
import { Database, Transactions } from '@rpa/platform';
import type { Account } from './accounts/account.js';
import { SELECT_ACCOUNT } from './accounts/accounts.repository.js';

export interface TradedToken {
  id: string;
  organizationId: string;
  sessionId: string;
  userId: string;
  clientAddress: string;
  userAgent: string;
  /** The session has ended or the token has expired. */
  dead: boolean;
  used: boolean;
  usedLately: boolean;
  successorSalt: Buffer | null;
}

const SWEEP_SIZE = 1_000;

/**
 * The only statements of auth that reach across organizations, each because nobody has said yet who they are, or because
 * age alone decides.
 */
@Injectable()
export class SystemScopeRepository {
  constructor(
    private readonly database: Database,
    private readonly transactions: Transactions,
  ) {}

  /** Login: the e-mail is what tells the organization. */
  async findAccountByEmail(email: string): Promise<Account | null> {
    const rows = await this.transactions.manager.query<Account[]>(`${SELECT_ACCOUNT} AND u.email = $1`, [email]);
    return rows[0] ?? null;
  }

  /**
   * Refresh: the token is what tells the organization. Locks token and session, so that parallel refreshes come one after
   * the other; call it in a transaction.
   */
  async lockRefreshToken(tokenHash: Buffer, graceSeconds: number): Promise<TradedToken | null> {
    const rows = await this.transactions.manager.query<TradedToken[]>(
      `SELECT t.id, t.organization_id AS "organizationId", t.session_id AS "sessionId", s.user_id AS "userId",
              s.client_address AS "clientAddress", s.user_agent AS "userAgent",
              (s.ended_at IS NOT NULL OR t.expires_at <= now()) AS dead, t.used_at IS NOT NULL AS used,
              coalesce(t.used_at > clock_timestamp() - make_interval(secs => $2), false) AS "usedLately",
              t.successor_salt AS "successorSalt"
         FROM auth.refresh_tokens t
         JOIN auth.sessions s ON s.organization_id = t.organization_id AND s.id = t.session_id
        WHERE t.token_hash = $1
          FOR UPDATE OF t, s`,
      [tokenHash, graceSeconds],
    );
    return rows[0] ?? null;
  }

  /** Retention: what has expired a day ago says nothing any more. Tells how many rows went; call it again until none. */
  async forgetExpired(): Promise<number> {
    const sessions = await this.database.pool.query(
      `DELETE FROM auth.sessions WHERE id = ANY (ARRAY(
         SELECT id FROM auth.sessions WHERE expires_at < now() - interval '1 day' LIMIT ${SWEEP_SIZE}))`,
    );
    const attempts = await this.database.pool.query(
      `DELETE FROM auth.login_attempts WHERE (scope, subject) IN (
         SELECT scope, subject FROM auth.login_attempts WHERE window_ends_at < now() LIMIT ${SWEEP_SIZE}
         FOR UPDATE SKIP LOCKED)`,
    );
    return (sessions.rowCount ?? 0) + (attempts.rowCount ?? 0);
  }
}
