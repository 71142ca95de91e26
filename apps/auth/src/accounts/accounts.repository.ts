import { Injectable } from '@nestjs/common';
import { AppError, type OrganizationView } from '@rpa/contracts';
import { UserEntity, UserRoleEntity } from '@rpa/entities/auth';
import { sqlState, Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';
import type { Account } from './account.js';
import { slugCandidates } from './organization-slug.js';

const COLUMNS = `
  SELECT u.id AS "userId", u.email, u.first_name AS "firstName", u.last_name AS "lastName", u.created_at AS "createdAt",
         u.password_hash AS "passwordHash", u.password_changed_at AS "passwordChangedAt", u.epoch,
         u.last_login_at AS "lastLoginAt", u.deactivated_at AS "deactivatedAt",
         json_build_object('id', o.id, 'name', o.name, 'slug', o.slug) AS organization, o.security,
         EXISTS (SELECT 1 FROM auth.mfa_factors f WHERE f.organization_id = u.organization_id AND f.user_id = u.id
                    AND f.confirmed_at IS NOT NULL) AS "mfaEnabled",
         ARRAY(SELECT r.role_key FROM auth.user_roles r
                WHERE r.organization_id = u.organization_id AND r.user_id = u.id AND r.deleted_at IS NULL
                ORDER BY r.role_key) AS roles,
         ARRAY(SELECT DISTINCT unnest(c.permissions) FROM auth.user_roles r
                 JOIN auth.roles c ON c.organization_id = r.organization_id AND c.key = r.role_key AND c.deleted_at IS NULL
                WHERE r.organization_id = u.organization_id AND r.user_id = u.id AND r.deleted_at IS NULL)
           AS "customPermissions"
    FROM auth.users u
    JOIN auth.organizations o ON o.id = u.organization_id AND o.deleted_at IS NULL`;

/** Accounts that are there, deactivated ones among them. */
export const SELECT_ACCOUNT = `${COLUMNS} WHERE u.deleted_at IS NULL`;

export interface NewUser {
  email: string;
  passwordHash: string | null;
  firstName: string;
  lastName: string;
}

@Injectable()
export class AccountsRepository {
  constructor(private readonly transactions: Transactions) {}

  async find(organizationId: string, userId: string): Promise<Account | null> {
    const rows = await this.transactions.manager.query<Account[]>(
      `${SELECT_ACCOUNT} AND u.organization_id = $1 AND u.id = $2`,
      [organizationId, userId],
    );
    return rows[0] ?? null;
  }

  /** @throws `not_found` */
  async get(organizationId: string, userId: string): Promise<Account> {
    const account = await this.find(organizationId, userId);
    if (!account) throw new AppError('not_found', 'There is no user with this id.');
    return account;
  }

  /** Takes the first slug for the name that is free. */
  async createOrganization(name: string): Promise<OrganizationView> {
    const id = newId();
    for (const slug of slugCandidates(name)) {
      const created = await this.transactions.manager.query<{ id: string }[]>(
        `INSERT INTO auth.organizations (id, organization_id, name, slug) VALUES ($1, $1, $2, $3)
         ON CONFLICT (slug) DO NOTHING RETURNING id`,
        [id, name, slug],
      );
      if (created.length > 0) return { id, name, slug };
    }
    throw new AppError('conflict', 'No free slug was found for this organization name; choose another.');
  }

  async createUser(organizationId: string, user: NewUser, roles: readonly string[]): Promise<string> {
    const id = newId();
    try {
      await this.transactions.manager.insert(UserEntity, { id, organizationId, ...user });
    } catch (error) {
      throw sqlState(error) === '23505' ? emailTaken() : error;
    }
    await this.addRoles(organizationId, id, roles);
    return id;
  }

  async addRoles(organizationId: string, userId: string, roles: readonly string[]): Promise<void> {
    const rows = roles.map((roleKey) => ({ id: newId(), organizationId, userId, roleKey }));
    await this.transactions.manager.insert(UserRoleEntity, rows);
  }

  async loggedIn(organizationId: string, userId: string): Promise<void> {
    await this.transactions.manager.query(
      'UPDATE auth.users SET last_login_at = now() WHERE organization_id = $1 AND id = $2',
      [organizationId, userId],
    );
  }
}

export function emailTaken(): AppError {
  return new AppError('already_exists', 'A user with this e-mail exists; log in instead.', {
    errors: [{ path: 'email', code: 'already_exists', message: 'is taken' }],
  });
}
