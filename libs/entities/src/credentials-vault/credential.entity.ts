import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** What anybody may see of a credential; its values lie encrypted in `credential_versions`. */
@Entity({ name: 'credentials', schema: 'credentials_vault' })
export class CredentialEntity extends TenantEntity {
  @Column('text')
  name!: string;

  @Column('text')
  key!: string;

  @Column('text')
  type!: string;

  /** Names of the fields that it holds. */
  @Column('text', { array: true })
  fields!: string[];

  /** Counts the values that it has had, from 1. */
  @Column('int')
  version!: number;

  /** Keys of the roles that may see and use it; null: everybody who may use credentials. */
  @Column('text', { name: 'shared_roles', array: true, nullable: true })
  sharedRoles!: string[] | null;

  /** Id of the user, or name of the service. */
  @Column('text', { name: 'created_by' })
  createdBy!: string;
}
