import { Injectable } from '@nestjs/common';
import { Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';

export interface Factor {
  /** Sealed. */
  secret: Buffer;
  confirmedAt: Date | null;
}

@Injectable()
export class MfaRepository {
  constructor(private readonly transactions: Transactions) {}

  async find(organizationId: string, userId: string): Promise<Factor | null> {
    const rows = await this.transactions.manager.query<Factor[]>(
      `SELECT secret, confirmed_at AS "confirmedAt" FROM auth.mfa_factors
        WHERE organization_id = $1 AND user_id = $2`,
      [organizationId, userId],
    );
    return rows[0] ?? null;
  }

  /** Begins anew; tells false when a factor is in use already. */
  async begin(organizationId: string, userId: string, secret: Buffer): Promise<boolean> {
    const rows = await this.transactions.manager.query<object[]>(
      `INSERT INTO auth.mfa_factors AS known (id, organization_id, user_id, secret) VALUES ($1, $2, $3, $4)
       ON CONFLICT (organization_id, user_id) DO UPDATE SET secret = excluded.secret, last_step = 0, updated_at = now()
         WHERE known.confirmed_at IS NULL
       RETURNING id`,
      [newId(), organizationId, userId, secret],
    );
    return rows.length > 0;
  }

  /** Takes a time step; false when it, or a later one, was taken before: a code is good once, whoever is faster. */
  async takeStep(organizationId: string, userId: string, step: number): Promise<boolean> {
    const [, taken] = await this.transactions.manager.query<[object[], number]>(
      `UPDATE auth.mfa_factors SET last_step = $3 WHERE organization_id = $1 AND user_id = $2 AND last_step < $3`,
      [organizationId, userId, step],
    );
    return taken > 0;
  }

  async confirm(organizationId: string, userId: string): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE auth.mfa_factors SET confirmed_at = now(), updated_at = now()
        WHERE organization_id = $1 AND user_id = $2 AND confirmed_at IS NULL`,
      [organizationId, userId],
    );
  }

  async replaceRecoveryCodes(organizationId: string, userId: string, hashes: readonly Buffer[]): Promise<void> {
    const { manager } = this.transactions;
    await manager.query('DELETE FROM auth.recovery_codes WHERE organization_id = $1 AND user_id = $2', [
      organizationId,
      userId,
    ]);
    await manager.query(
      `INSERT INTO auth.recovery_codes (id, organization_id, user_id, code_hash)
       SELECT c.id, $1, $2, c.hash FROM unnest($3::uuid[], $4::bytea[]) AS c (id, hash)`,
      [organizationId, userId, hashes.map(() => newId()), hashes],
    );
  }

  /** Uses a recovery code up; false when there is none, or it was used before. */
  async useRecoveryCode(organizationId: string, userId: string, hash: Buffer): Promise<boolean> {
    const [, used] = await this.transactions.manager.query<[object[], number]>(
      `UPDATE auth.recovery_codes SET used_at = now()
        WHERE organization_id = $1 AND user_id = $2 AND code_hash = $3 AND used_at IS NULL`,
      [organizationId, userId, hash],
    );
    return used > 0;
  }

  async recoveryCodesLeft(organizationId: string, userId: string): Promise<number> {
    const rows = await this.transactions.manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM auth.recovery_codes
        WHERE organization_id = $1 AND user_id = $2 AND used_at IS NULL`,
      [organizationId, userId],
    );
    return rows[0]?.count ?? 0;
  }

  async remove(organizationId: string, userId: string): Promise<void> {
    for (const table of ['recovery_codes', 'mfa_factors'])
      await this.transactions.manager.query(`DELETE FROM auth.${table} WHERE organization_id = $1 AND user_id = $2`, [
        organizationId,
        userId,
      ]);
  }
}
