import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** What the runs of a workflow must keep to. */
@Entity({ name: 'sla_targets', schema: 'executions' })
export class SlaTargetEntity extends TenantEntity {
  @Column('uuid', { name: 'workflow_id' })
  workflowId!: string;

  @Column('int', { name: 'max_duration_ms', nullable: true })
  maxDurationMs!: number | null;

  @Column('float8', { name: 'success_rate', nullable: true })
  successRate!: number | null;

  @Column('int', { name: 'window_hours' })
  windowHours!: number;
}
