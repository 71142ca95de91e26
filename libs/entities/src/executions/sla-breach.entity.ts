import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** Where a workflow did not keep to its target. */
@Entity({ name: 'sla_breaches', schema: 'executions' })
export class SlaBreachEntity extends TenantEntity {
  @Column('uuid', { name: 'workflow_id' })
  workflowId!: string;

  @Column('uuid', { name: 'execution_id', nullable: true })
  executionId!: string | null;

  @Column('text')
  kind!: string;

  @Column('float8')
  measured!: number;

  @Column('float8')
  target!: number;

  @Column({ name: 'resolved_at', type: 'timestamptz', precision: 3, nullable: true })
  resolvedAt!: Date | null;
}
