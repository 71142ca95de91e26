import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** A tenant; `organizationId` is its own `id`. */
@Entity({ name: 'organizations', schema: 'auth' })
export class OrganizationEntity extends TenantEntity {
  @Column('text')
  name!: string;

  /** Never changes and is never given away again: other systems publish under it. */
  @Column('text')
  slug!: string;
}
