import { Injectable } from '@nestjs/common';
import { Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';

@Injectable()
export class PasswordsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Replaces the hash and keeps the one before among the old ones; more than `keep` of them are forgotten. */
  async replace(organizationId: string, userId: string, passwordHash: string, keep: number): Promise<void> {
    const { manager } = this.transactions;
    await manager.query(
      `INSERT INTO auth.password_history (id, organization_id, user_id, password_hash)
       SELECT $3, $1, id, password_hash FROM auth.users
        WHERE organization_id = $1 AND id = $2 AND password_hash IS NOT NULL`,
      [organizationId, userId, newId()],
    );
    await manager.query(
      `UPDATE auth.users SET password_hash = $3, password_changed_at = clock_timestamp(), updated_at = now()
        WHERE organization_id = $1 AND id = $2`,
      [organizationId, userId, passwordHash],
    );
    await manager.query(
      `DELETE FROM auth.password_history WHERE organization_id = $1 AND id = ANY (ARRAY(
         SELECT id FROM auth.password_history WHERE organization_id = $1 AND user_id = $2
          ORDER BY id DESC OFFSET $3))`,
      [organizationId, userId, keep],
    );
    await manager.query('DELETE FROM auth.password_resets WHERE organization_id = $1 AND user_id = $2', [
      organizationId,
      userId,
    ]);
  }

  /** Newest first. */
  async history(organizationId: string, userId: string, limit: number): Promise<string[]> {
    const rows = await this.transactions.manager.query<{ hash: string }[]>(
      `SELECT password_hash AS hash FROM auth.password_history WHERE organization_id = $1 AND user_id = $2
        ORDER BY id DESC LIMIT $3`,
      [organizationId, userId, limit],
    );
    return rows.map(({ hash }) => hash);
  }

  async addReset(organizationId: string, userId: string, tokenHash: Buffer, minutes: number): Promise<Date> {
    const { manager } = this.transactions;
    await manager.query('DELETE FROM auth.password_resets WHERE organization_id = $1 AND user_id = $2', [
      organizationId,
      userId,
    ]);
    const rows = await manager.query<{ expiresAt: Date }[]>(
      `INSERT INTO auth.password_resets (id, organization_id, user_id, token_hash, expires_at)
       VALUES ($1, $2, $3, $4, now() + make_interval(mins => $5)) RETURNING expires_at AS "expiresAt"`,
      [newId(), organizationId, userId, tokenHash, minutes],
    );
    const [row] = rows;
    if (!row) throw new Error('The reset link that was just made cannot be read.');
    return row.expiresAt;
  }
}
