import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `CREATE TABLE executions.sla_targets (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    max_duration_ms int,
    success_rate float8,
    window_hours int NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    deleted_at timestamptz(3)
  )`,
  'CREATE UNIQUE INDEX sla_targets_of ON executions.sla_targets (organization_id, workflow_id) WHERE deleted_at IS NULL',
  `CREATE TABLE executions.sla_breaches (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    execution_id uuid,
    kind text NOT NULL,
    measured float8 NOT NULL,
    target float8 NOT NULL,
    resolved_at timestamptz(3),
    told boolean NOT NULL DEFAULT false,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    deleted_at timestamptz(3)
  )`,
  // A run is told once; of a rate one breach is open at a time.
  'CREATE UNIQUE INDEX sla_breaches_of_run ON executions.sla_breaches (execution_id) WHERE execution_id IS NOT NULL',
  `CREATE UNIQUE INDEX sla_breaches_open ON executions.sla_breaches (organization_id, workflow_id)
    WHERE kind = 'success_rate' AND resolved_at IS NULL`,
  'CREATE INDEX sla_breaches_newest ON executions.sla_breaches (organization_id, id)',
  'CREATE INDEX sla_breaches_by_workflow ON executions.sla_breaches (organization_id, workflow_id, id)',
  'CREATE INDEX sla_breaches_untold ON executions.sla_breaches (id) WHERE NOT told',
];

export class Sla1795377000000 implements MigrationInterface {
  name = 'Sla1795377000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE executions.sla_breaches');
    await runner.query('DROP TABLE executions.sla_targets');
  }
}
