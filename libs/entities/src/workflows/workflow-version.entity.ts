import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** Never updated: a trigger in the database refuses it. Number 0 is a copy of a draft that a test run is pinned to. */
@Entity({ name: 'workflow_versions', schema: 'workflows' })
export class WorkflowVersionEntity extends TenantEntity {
  @Column('uuid', { name: 'workflow_id' })
  workflowId!: string;

  @Column('int')
  number!: number;

  @Column('json', { select: false })
  definition!: object;

  @Column('json', { name: 'step_types', select: false })
  stepTypes!: object[];

  /** SHA-256 of the canonical definition, hex. */
  @Column('text')
  hash!: string;

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;
}
