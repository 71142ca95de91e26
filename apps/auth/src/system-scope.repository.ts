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

export interface OpenInvitation {
  id: string;
  organizationId: string;
  email: string;
  roles: string[];
  invitedBy: string;
}

export interface OpenPasswordReset {
  id: string;
  organizationId: string;
  userId: string;
}

export interface FoundApiKey {
  id: string;
  organizationId: string;
  userId: string;
  scopes: string[];
  expiresAt: Date | null;
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

  /** Accepting an invitation: its token is what tells the organization. Locks it; call it in a transaction. */
  async lockInvitation(tokenHash: Buffer): Promise<OpenInvitation | null> {
    const rows = await this.transactions.manager.query<OpenInvitation[]>(
      `SELECT id, organization_id AS "organizationId", email, roles, invited_by AS "invitedBy" FROM auth.invitations
        WHERE token_hash = $1 AND deleted_at IS NULL AND expires_at > now()
          FOR UPDATE`,
      [tokenHash],
    );
    return rows[0] ?? null;
  }

  /** A reset link: its token is what tells the organization. Locks it; call it in a transaction. */
  async lockPasswordReset(tokenHash: Buffer): Promise<OpenPasswordReset | null> {
    const rows = await this.transactions.manager.query<OpenPasswordReset[]>(
      `SELECT id, organization_id AS "organizationId", user_id AS "userId" FROM auth.password_resets
        WHERE token_hash = $1 AND deleted_at IS NULL AND expires_at > now()
          FOR UPDATE`,
      [tokenHash],
    );
    return rows[0] ?? null;
  }

  /** A program shows its key: that is what tells the organization. */
  async findApiKey(keyHash: Buffer): Promise<FoundApiKey | null> {
    const rows = await this.transactions.manager.query<FoundApiKey[]>(
      `SELECT id, organization_id AS "organizationId", user_id AS "userId", scopes, expires_at AS "expiresAt"
         FROM auth.api_keys
        WHERE key_hash = $1 AND deleted_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
      [keyHash],
    );
    return rows[0] ?? null;
  }

  /** Uses of API keys are counted in memory and written together, of whatever organizations. */
  async countApiKeyUses(uses: readonly { id: string; count: number; at: Date }[]): Promise<void> {
    await this.database.pool.query(
      `UPDATE auth.api_keys k SET use_count = k.use_count + u.count, last_used_at = greatest(k.last_used_at, u.at)
         FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) AS u (id, count, at)
        WHERE k.id = u.id`,
      [uses.map(({ id }) => id), uses.map(({ count }) => count), uses.map(({ at }) => at)],
    );
  }

  /** Sign-in through a provider: the slug in the path is what tells the organization. */
  async findOrganizationBySlug(slug: string): Promise<string | null> {
    const rows = await this.transactions.manager.query<{ id: string }[]>(
      'SELECT id FROM auth.organizations WHERE slug = $1 AND deleted_at IS NULL',
      [slug],
    );
    return rows[0]?.id ?? null;
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
    const links = await this.database.pool.query(
      `DELETE FROM auth.password_resets WHERE id = ANY (ARRAY(
         SELECT id FROM auth.password_resets WHERE expires_at < now() - interval '1 day' LIMIT ${SWEEP_SIZE}))`,
    );
    const invitations = await this.database.pool.query(
      `DELETE FROM auth.invitations WHERE id = ANY (ARRAY(
         SELECT id FROM auth.invitations WHERE expires_at < now() - interval '30 days' LIMIT ${SWEEP_SIZE}))`,
    );
    return [sessions, attempts, links, invitations].reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
  }
}
