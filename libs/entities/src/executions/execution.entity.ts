import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** Summary of a run: written at its start, when it waits and at its end; the truth in between is the journal. */
@Entity({ name: 'executions', schema: 'executions' })
export class ExecutionEntity extends TenantEntity {
  @Column('uuid', { name: 'workflow_id' })
  workflowId!: string;

  @Column('uuid', { name: 'version_id' })
  versionId!: string;

  @Column('text', { name: 'workflow_name' })
  workflowName!: string;

  @Column('int', { name: 'workflow_version' })
  workflowVersion!: number;

  @Column('text')
  status!: string;

  /** What a start that was accepted waits for before it begins; null: it may begin, or has. */
  @Column('text', { name: 'held_back', nullable: true })
  heldBack!: string | null;

  @Column('boolean')
  test!: boolean;

  @Column('text', { name: 'trigger_type' })
  triggerType!: string;

  @Column('text', { name: 'trigger_id', nullable: true })
  triggerId!: string | null;

  @Column('json')
  inputs!: Record<string, unknown>;

  @Column('json', { nullable: true })
  output!: unknown;

  @Column('json', { nullable: true })
  error!: { code: string; message: string; stepPath?: string } | null;

  /** The run that started this one, and the step of it that waits. */
  @Column('uuid', { name: 'parent_id', nullable: true })
  parentId!: string | null;

  @Column('text', { name: 'parent_path', nullable: true })
  parentPath!: string | null;

  @Column('int', { name: 'parent_attempt', nullable: true })
  parentAttempt!: number | null;

  @Column('uuid', { name: 'rerun_of', nullable: true })
  rerunOf!: string | null;

  @Column('smallint')
  priority!: number;

  /** Also rows of their own, to be found by. */
  @Column('json', { nullable: true })
  labels!: Record<string, string> | null;

  @Column('text', { name: 'business_key', nullable: true })
  businessKey!: string | null;

  @Column('text', { nullable: true })
  traceparent!: string | null;

  /** Replica where somebody waits for the end. */
  @Column('text', { name: 'wait_reply', nullable: true })
  waitReply!: string | null;

  /** Lease of the replica that runs it; null: nobody has it in memory. */
  @Column('bigint', { nullable: true })
  owner!: string | null;

  /** Steps of the top level, when the row was written. */
  @Column('int')
  settled!: number;

  @Column('int')
  total!: number;

  @Column({ name: 'started_at', type: 'timestamptz', precision: 3, nullable: true })
  startedAt!: Date | null;

  @Column({ name: 'completed_at', type: 'timestamptz', precision: 3, nullable: true })
  completedAt!: Date | null;
}
