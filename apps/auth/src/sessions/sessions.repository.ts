import { Injectable } from '@nestjs/common';
import { RefreshTokenEntity, SessionEntity, type SessionEnd } from '@rpa/entities/auth';
import type { ClientRef } from '@rpa/messaging';
import { Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';

const LIFETIME_MS = 30 * 24 * 3_600_000;
/** More than an organization may allow. */
const MAX_LISTED = 200;

export interface OpenSessionRow {
  id: string;
  clientAddress: string;
  userAgent: string;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
}

@Injectable()
export class SessionsRepository {
  constructor(private readonly transactions: Transactions) {}

  async open(organizationId: string, userId: string, client: ClientRef): Promise<string> {
    const id = newId();
    await this.transactions.manager.insert(SessionEntity, {
      id,
      organizationId,
      userId,
      clientAddress: client.address,
      userAgent: client.userAgent,
      expiresAt: inThirtyDays(),
    });
    return id;
  }

  async addToken(organizationId: string, sessionId: string, tokenHash: Buffer): Promise<void> {
    await this.transactions.manager.insert(RefreshTokenEntity, {
      id: newId(),
      organizationId,
      sessionId,
      tokenHash,
      expiresAt: inThirtyDays(),
    });
  }

  async markUsed(organizationId: string, tokenId: string, successorSalt: Buffer): Promise<void> {
    // The grace time is measured by the clock of the database, which all replicas share.
    const change = { usedAt: () => 'clock_timestamp()', successorSalt };
    await this.transactions.manager.update(RefreshTokenEntity, { id: tokenId, organizationId }, change);
  }

  /** A session lives as long as its newest token, and is where it was last used. */
  async prolong(organizationId: string, id: string, client: ClientRef): Promise<void> {
    const change = { expiresAt: inThirtyDays(), clientAddress: client.address, userAgent: client.userAgent };
    await this.transactions.manager.update(SessionEntity, { id, organizationId }, change);
  }

  isUnused(organizationId: string, tokenHash: Buffer): Promise<boolean> {
    return this.transactions.manager
      .createQueryBuilder(RefreshTokenEntity, 'token')
      .where('token.organization_id = :organizationId', { organizationId })
      .andWhere('token.token_hash = :tokenHash AND token.used_at IS NULL', { tokenHash })
      .getExists();
  }

  async endByReuse(organizationId: string, id: string): Promise<void> {
    const change = { endedAt: new Date(), endedBy: 'reuse' as const };
    await this.transactions.manager.update(SessionEntity, { id, organizationId }, change);
  }

  /** Ends the session that a token of this user belongs to; tells its id when there was one. */
  async endByToken(organizationId: string, userId: string, tokenHash: Buffer): Promise<string[]> {
    const [rows] = await this.transactions.manager.query<[{ id: string }[], number]>(
      `UPDATE auth.sessions s SET ended_at = now(), ended_by = 'logout'
         FROM auth.refresh_tokens t
        WHERE t.organization_id = $1 AND t.token_hash = $3 AND s.id = t.session_id
          AND s.organization_id = $1 AND s.user_id = $2 AND s.ended_at IS NULL
        RETURNING s.id`,
      [organizationId, userId, tokenHash],
    );
    return rows.map(({ id }) => id);
  }

  /** Ends sessions of a user: one, all but one, or all. Tells the ids of those that were open. */
  async end(
    organizationId: string,
    userId: string,
    endedBy: SessionEnd,
    which: { only?: string; except?: string | undefined } = {},
  ): Promise<string[]> {
    const [rows] = await this.transactions.manager.query<[{ id: string }[], number]>(
      `UPDATE auth.sessions SET ended_at = now(), ended_by = $3
        WHERE organization_id = $1 AND user_id = $2 AND ended_at IS NULL
          AND ($4::text IS NULL OR id::text = $4) AND ($5::text IS NULL OR id::text <> $5)
        RETURNING id`,
      [organizationId, userId, endedBy, which.only ?? null, which.except ?? null],
    );
    return rows.map(({ id }) => id);
  }

  /** Leaves a user the sessions that were used last. */
  async endOldest(organizationId: string, userId: string, keep: number): Promise<string[]> {
    const [rows] = await this.transactions.manager.query<[{ id: string }[], number]>(
      `UPDATE auth.sessions SET ended_at = now(), ended_by = 'limit'
        WHERE organization_id = $1 AND id = ANY (ARRAY(
          SELECT id FROM auth.sessions
           WHERE organization_id = $1 AND user_id = $2 AND ended_at IS NULL AND expires_at > now()
           ORDER BY updated_at DESC, id DESC OFFSET $3))
        RETURNING id`,
      [organizationId, userId, keep],
    );
    return rows.map(({ id }) => id);
  }

  /** Open sessions of a user, those used last first. */
  async listOpen(organizationId: string, userId: string): Promise<OpenSessionRow[]> {
    return this.transactions.manager.query<OpenSessionRow[]>(
      `SELECT id, client_address AS "clientAddress", user_agent AS "userAgent", created_at AS "createdAt",
              updated_at AS "lastUsedAt", expires_at AS "expiresAt"
         FROM auth.sessions
        WHERE organization_id = $1 AND user_id = $2 AND ended_at IS NULL AND expires_at > now()
        ORDER BY updated_at DESC, id DESC LIMIT ${MAX_LISTED}`,
      [organizationId, userId],
    );
  }

  /** The epoch of a session's user; null when session, user or organization is not what it was. */
  async findEpoch(organizationId: string, id: string): Promise<number | null> {
    const rows = await this.transactions.manager.query<{ epoch: number }[]>(
      `SELECT u.epoch FROM auth.sessions s
         JOIN auth.users u ON u.organization_id = s.organization_id AND u.id = s.user_id
         JOIN auth.organizations o ON o.id = s.organization_id
        WHERE s.organization_id = $1 AND s.id = $2 AND s.ended_at IS NULL AND s.expires_at > now()
          AND u.deleted_at IS NULL AND u.deactivated_at IS NULL AND o.deleted_at IS NULL`,
      [organizationId, id],
    );
    return rows[0]?.epoch ?? null;
  }
}

function inThirtyDays(): Date {
  return new Date(Date.now() + LIFETIME_MS);
}
