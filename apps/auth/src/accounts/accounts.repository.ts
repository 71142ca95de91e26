import { Injectable } from '@nestjs/common';
import { AppError, type OrganizationView } from '@rpa/contracts';
import { UserEntity, UserRoleEntity } from '@rpa/entities/auth';
import { sqlState, Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';
import type { Account } from './account.js';
import { slugCandidates } from './organization-slug.js';

export const SELECT_ACCOUNT = `
  SELECT u.id AS "userId", u.email, u.first_name AS "firstName", u.last_name AS "lastName", u.created_at AS "createdAt",
         u.password_hash AS "passwordHash", json_build_object('id', o.id, 'name', o.name, 'slug', o.slug) AS organization,
         ARRAY(SELECT r.role_key FROM auth.user_roles r
                WHERE r.organization_id = u.organization_id AND r.user_id = u.id AND r.deleted_at IS NULL
                ORDER BY r.role_key) AS roles
    FROM auth.users u
    JOIN auth.organizations o ON o.id = u.organization_id AND o.deleted_at IS NULL
   WHERE u.deleted_at IS NULL`;

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

  async createUser(
    organizationId: string,
    user: Pick<UserEntity, 'email' | 'passwordHash' | 'firstName' | 'lastName'>,
    role: string,
  ): Promise<string> {
    const { manager } = this.transactions;
    const id = newId();
    try {
      await manager.insert(UserEntity, { id, organizationId, ...user });
    } catch (error) {
      throw sqlState(error) === '23505' ? emailTaken() : error;
    }
    await manager.insert(UserRoleEntity, { id: newId(), organizationId, userId: id, roleKey: role });
    return id;
  }
}

export function emailTaken(): AppError {
  return new AppError('already_exists', 'A user with this e-mail exists; log in instead.', {
    errors: [{ path: 'email', code: 'already_exists', message: 'is taken' }],
  });
}
