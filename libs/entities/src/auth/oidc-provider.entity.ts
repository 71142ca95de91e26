import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** An OpenID Connect provider through which an organization's users sign in. */
@Entity({ name: 'oidc_providers', schema: 'auth' })
export class OidcProviderEntity extends TenantEntity {
  @Column('text')
  key!: string;

  @Column('text')
  name!: string;

  @Column('text')
  issuer!: string;

  @Column('text', { name: 'client_id' })
  clientId!: string;

  /** Sealed. */
  @Column({ type: 'bytea', name: 'client_secret', nullable: true })
  clientSecret!: Buffer | null;

  @Column('text', { array: true })
  scopes!: string[];

  @Column('text', { name: 'groups_claim' })
  groupsClaim!: string;

  @Column('jsonb', { name: 'group_mappings' })
  groupMappings!: { group: string; role: string }[];

  @Column('text', { name: 'default_roles', array: true })
  defaultRoles!: string[];

  @Column('boolean', { name: 'create_users' })
  createUsers!: boolean;

  @Column('boolean')
  enabled!: boolean;
}
