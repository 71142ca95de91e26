import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** Keeps runs from being deleted until it is released, which is deleting it. */
@Entity({ name: 'legal_holds', schema: 'executions' })
export class LegalHoldEntity extends TenantEntity {
  @Column('uuid', { name: 'workflow_id', nullable: true })
  workflowId!: string | null;

  @Column('uuid', { name: 'execution_id', nullable: true })
  executionId!: string | null;

  @Column('text')
  reason!: string;

  @Column('text', { name: 'placed_by', nullable: true })
  placedBy!: string | null;
}
