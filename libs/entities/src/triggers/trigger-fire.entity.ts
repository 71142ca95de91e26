import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** One row of the ledger: what became of one event at one trigger. */
@Entity({ name: 'trigger_fires', schema: 'triggers' })
export class TriggerFireEntity extends TenantEntity {
  @Column('uuid', { name: 'trigger_id' })
  triggerId!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  at!: Date;

  @Column('text')
  outcome!: string;

  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  @Column('uuid', { name: 'execution_id', nullable: true })
  executionId!: string | null;

  @Column('uuid', { name: 'event_id', nullable: true })
  eventId!: string | null;

  @Column('text', { name: 'dedupe_key', nullable: true })
  dedupeKey!: string | null;
}
