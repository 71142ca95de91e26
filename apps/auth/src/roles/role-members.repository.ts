import { Injectable } from '@nestjs/common';
import { Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';

/** Who has which role. Every change raises the epoch of those whom it concerns, so that their tokens must be refreshed. */
@Injectable()
export class RoleMembersRepository {
  constructor(private readonly transactions: Transactions) {}

  async set(organizationId: string, userId: string, keys: readonly string[]): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE auth.user_roles SET deleted_at = now()
        WHERE organization_id = $1 AND user_id = $2 AND deleted_at IS NULL AND NOT role_key = ANY ($3)`,
      [organizationId, userId, keys],
    );
    await this.add(organizationId, [userId], keys);
  }

  /** Gives roles to users who have them not yet. */
  async add(organizationId: string, userIds: readonly string[], keys: readonly string[]): Promise<void> {
    const pairs = userIds.flatMap((userId) => keys.map((key) => ({ id: newId(), userId, key })));
    await this.transactions.manager.query(
      `INSERT INTO auth.user_roles (id, organization_id, user_id, role_key)
       SELECT p.id, $1, p.user_id, p.key FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS p (id, user_id, key)
       ON CONFLICT (organization_id, user_id, role_key) WHERE deleted_at IS NULL DO NOTHING`,
      [organizationId, pairs.map(({ id }) => id), pairs.map(({ userId }) => userId), pairs.map(({ key }) => key)],
    );
    await this.raiseEpoch(organizationId, userIds);
  }

  async raiseEpoch(organizationId: string, userIds: readonly string[]): Promise<void> {
    await this.transactions.manager.query(
      'UPDATE auth.users SET epoch = epoch + 1, updated_at = now() WHERE organization_id = $1 AND id = ANY ($2)',
      [organizationId, userIds],
    );
  }

  /** Of everybody who has the role; tells who they are. */
  async raiseEpochOfRole(organizationId: string, key: string): Promise<string[]> {
    const [rows] = await this.transactions.manager.query<[{ id: string }[], number]>(
      `UPDATE auth.users u SET epoch = u.epoch + 1 FROM auth.user_roles r
        WHERE u.organization_id = $1 AND r.organization_id = $1 AND r.user_id = u.id AND r.role_key = $2
          AND r.deleted_at IS NULL
        RETURNING u.id`,
      [organizationId, key],
    );
    return rows.map(({ id }) => id);
  }

  async isTaken(organizationId: string, key: string): Promise<boolean> {
    const rows = await this.transactions.manager.query<object[]>(
      `SELECT 1 FROM auth.user_roles WHERE organization_id = $1 AND role_key = $2 AND deleted_at IS NULL LIMIT 1`,
      [organizationId, key],
    );
    return rows.length > 0;
  }
}
