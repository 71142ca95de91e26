import { Injectable } from '@nestjs/common';
import { RefreshTokenEntity, SessionEntity } from '@rpa/entities/auth';
import type { ClientRef } from '@rpa/messaging';
import { Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';

const LIFETIME_MS = 30 * 24 * 3_600_000;

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

  /** Ends the session that a token of this user belongs to; nothing when there is none. */
  async endByLogout(organizationId: string, userId: string, tokenHash: Buffer): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE auth.sessions s SET ended_at = now(), updated_at = now(), ended_by = 'logout'
         FROM auth.refresh_tokens t
        WHERE t.organization_id = $1 AND t.token_hash = $3 AND s.id = t.session_id
          AND s.organization_id = $1 AND s.user_id = $2 AND s.ended_at IS NULL`,
      [organizationId, userId, tokenHash],
    );
  }
}

function inThirtyDays(): Date {
  return new Date(Date.now() + LIFETIME_MS);
}
