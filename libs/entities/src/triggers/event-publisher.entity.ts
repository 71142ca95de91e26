import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** Somebody outside who may publish events over NATS; deleted means revoked. */
@Entity({ name: 'event_publishers', schema: 'triggers' })
export class EventPublisherEntity extends TenantEntity {
  @Column('text', { name: 'organization_slug' })
  organizationSlug!: string;

  @Column('text')
  name!: string;

  /** NATS user name. */
  @Column('text')
  user!: string;

  @Column('text', { name: 'password_hash', select: false })
  passwordHash!: string;
}
