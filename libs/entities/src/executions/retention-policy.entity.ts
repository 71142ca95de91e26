import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** How long ended runs are kept. */
@Entity({ name: 'retention_policies', schema: 'executions' })
export class RetentionPolicyEntity extends TenantEntity {
  /** Null: of all workflows without a policy of their own. */
  @Column('uuid', { name: 'workflow_id', nullable: true })
  workflowId!: string | null;

  @Column('int', { nullable: true })
  days!: number | null;

  @Column('int', { name: 'logs_days', nullable: true })
  logsDays!: number | null;
}
