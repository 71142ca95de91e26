import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** A user's role in an organization; having any makes the user a member. */
@Entity({ name: 'user_roles', schema: 'auth' })
export class UserRoleEntity extends TenantEntity {
  @Column('uuid', { name: 'user_id' })
  userId!: string;

  /** Key of a system role, or of a role of the organization. */
  @Column('text', { name: 'role_key' })
  roleKey!: string;
}
