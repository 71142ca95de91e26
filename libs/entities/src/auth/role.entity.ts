import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** A role that an organization has made; system roles are no rows. */
@Entity({ name: 'roles', schema: 'auth' })
export class RoleEntity extends TenantEntity {
  /** Never that of a system role. */
  @Column('text')
  key!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('text', { array: true })
  permissions!: string[];
}
