import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  /** How long ended runs are kept; without a workflow: those of all that have no policy of their own. Null: for ever. */
  `CREATE TABLE executions.retention_policies (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    workflow_id uuid,
    days int,
    logs_days int,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    deleted_at timestamptz(3)
  )`,
  `CREATE UNIQUE INDEX retention_policies_of ON executions.retention_policies (organization_id, workflow_id)
    NULLS NOT DISTINCT WHERE deleted_at IS NULL`,
  /** Nothing that a hold names is deleted, whatever the policies say; without a workflow or execution it names all. */
  `CREATE TABLE executions.legal_holds (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    workflow_id uuid,
    execution_id uuid,
    reason text NOT NULL,
    placed_by text,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    deleted_at timestamptz(3)
  )`,
  'CREATE INDEX legal_holds_of ON executions.legal_holds (organization_id, id) WHERE deleted_at IS NULL',
  'CREATE INDEX log_sizes_of ON executions.log_sizes (organization_id, execution_id)',
  'CREATE INDEX adoptions_of_source ON executions.adoptions (source_id)',
];

export class Retention1795376400000 implements MigrationInterface {
  name = 'Retention1795376400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX executions.adoptions_of_source');
    await runner.query('DROP INDEX executions.log_sizes_of');
    await runner.query('DROP TABLE executions.legal_holds');
    await runner.query('DROP TABLE executions.retention_policies');
  }
}
