import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

@Entity({ name: 'triggers', schema: 'triggers' })
export class TriggerEntity extends TenantEntity {
  /** Events name their organization by its slug. */
  @Column('text', { name: 'organization_slug' })
  organizationSlug!: string;

  @Column('uuid', { name: 'workflow_id' })
  workflowId!: string;

  @Column('text')
  name!: string;

  @Column('text')
  type!: string;

  @Column('boolean')
  enabled!: boolean;

  @Column('json')
  config!: object;

  @Column('json', { nullable: true })
  inputs!: object | null;

  /** Channel of `config` that events are matched by; null for types that hear none. */
  @Column('text', { nullable: true })
  channel!: string | null;

  /** The unguessable part of a webhook's URL. */
  @Column('text', { name: 'hook_key', nullable: true })
  hookKey!: string | null;

  /** Credential of the vault that holds its secrets. */
  @Column('uuid', { name: 'secret_id', nullable: true })
  secretId!: string | null;

  /** What keeps it from its work: code, message and since when. */
  @Column('json', { nullable: true })
  problem!: object | null;

  @Column('int')
  revision!: number;
}
