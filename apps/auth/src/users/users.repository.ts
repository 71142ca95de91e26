import { Injectable } from '@nestjs/common';
import { AppError, DEFAULT_PAGE, type ListUsersRequest } from '@rpa/contracts';
import { decodeCursor, encodeCursor, sqlState, Transactions } from '@rpa/platform';
import type { Account } from '../accounts/account.js';
import { emailTaken, SELECT_ACCOUNT } from '../accounts/accounts.repository.js';

@Injectable()
export class UsersRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Newest first. */
  async page(
    organizationId: string,
    request: ListUsersRequest,
  ): Promise<{ accounts: Account[]; nextCursor: string | null }> {
    const { limit = DEFAULT_PAGE, cursor, status, role, search } = request;
    const scope = JSON.stringify(['user', organizationId, status, role, search]);
    const accounts = await this.transactions.manager.query<Account[]>(
      `${SELECT_ACCOUNT} AND u.organization_id = $1
         AND ($2::uuid IS NULL OR u.id < $2)
         AND ($3::text IS NULL OR (u.deactivated_at IS NULL) = ($3 = 'active'))
         AND ($4::text IS NULL OR EXISTS (SELECT 1 FROM auth.user_roles r WHERE r.organization_id = $1
                AND r.user_id = u.id AND r.role_key = $4 AND r.deleted_at IS NULL))
         AND ($5::text IS NULL OR strpos(lower(u.email || ' ' || u.first_name || ' ' || u.last_name), lower($5)) > 0)
       ORDER BY u.id DESC LIMIT $6`,
      [organizationId, cursor ? decodeCursor(cursor, scope) : null, status, role, search, limit + 1],
    );
    const page = accounts.slice(0, limit);
    const last = page.at(-1);
    return { accounts: page, nextCursor: accounts.length > limit && last ? encodeCursor(last.userId, scope) : null };
  }

  async rename(organizationId: string, id: string, firstName: string, lastName: string): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE auth.users SET first_name = $3, last_name = $4, updated_at = now()
        WHERE organization_id = $1 AND id = $2`,
      [organizationId, id, firstName, lastName],
    );
  }

  async setDeactivated(organizationId: string, id: string, deactivated: boolean): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE auth.users SET deactivated_at = CASE WHEN $3 THEN coalesce(deactivated_at, now()) END, updated_at = now(),
              epoch = epoch + 1
        WHERE organization_id = $1 AND id = $2`,
      [organizationId, id, deactivated],
    );
  }

  async softDelete(organizationId: string, id: string): Promise<void> {
    await this.transactions.manager.query(
      'UPDATE auth.users SET deleted_at = now(), epoch = epoch + 1 WHERE organization_id = $1 AND id = $2',
      [organizationId, id],
    );
  }

  /** @throws `not_found` when no user was deleted under this id, `already_exists` when the e-mail is taken since */
  async restore(organizationId: string, id: string): Promise<void> {
    const restored = await this.transactions.manager
      .query<[object[], number]>(
        `UPDATE auth.users SET deleted_at = NULL, updated_at = now()
          WHERE organization_id = $1 AND id = $2 AND deleted_at IS NOT NULL AND erased_at IS NULL`,
        [organizationId, id],
      )
      .catch((error: unknown) => {
        throw sqlState(error) === '23505' ? emailTaken() : error;
      });
    if (restored[1] === 0) throw new AppError('not_found', 'There is no deleted user with this id.');
  }

  /** API keys speak for their user, and end with them. */
  async revokeApiKeys(organizationId: string, userId: string): Promise<void> {
    await this.transactions.manager.query(
      'UPDATE auth.api_keys SET deleted_at = now() WHERE organization_id = $1 AND user_id = $2 AND deleted_at IS NULL',
      [organizationId, userId],
    );
  }

  /** Whoever is there or was deleted softly; false when there is nobody, or nothing is left to erase. */
  async canErase(organizationId: string, id: string): Promise<boolean> {
    const rows = await this.transactions.manager.query<object[]>(
      'SELECT 1 FROM auth.users WHERE organization_id = $1 AND id = $2 AND erased_at IS NULL FOR UPDATE',
      [organizationId, id],
    );
    return rows.length > 0;
  }

  /** Leaves the row, so that records still name somebody, and nothing in it or beside it that tells who it was. */
  async erase(organizationId: string, id: string): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE auth.users SET email = 'erased-' || id || '@erased.invalid', first_name = 'Erased', last_name = 'user',
              password_hash = NULL, erased_at = now(), deactivated_at = coalesce(deactivated_at, now()),
              deleted_at = coalesce(deleted_at, now()), last_login_at = NULL, epoch = epoch + 1
        WHERE organization_id = $1 AND id = $2`,
      [organizationId, id],
    );
    for (const table of [
      'sessions',
      'api_keys',
      'password_history',
      'password_resets',
      'recovery_codes',
      'mfa_factors',
      'oidc_identities',
      'user_roles',
    ])
      await this.transactions.manager.query(`DELETE FROM auth.${table} WHERE organization_id = $1 AND user_id = $2`, [
        organizationId,
        id,
      ]);
  }
}
