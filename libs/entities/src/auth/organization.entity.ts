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

  /** What it asks of sign-ins, as far as it differs from the default. */
  @Column('jsonb')
  security!: object;
}
