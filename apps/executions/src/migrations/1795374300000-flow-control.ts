import type { MigrationInterface, QueryRunner } from 'typeorm';

const OPEN = `('pending', 'running', 'waiting', 'paused', 'needs_decision')`;

const CHANGES = [
  `ALTER TABLE executions.executions
    ADD COLUMN held_back text,
    ADD COLUMN lane text,
    ADD COLUMN rate_lane text,
    ADD COLUMN rated_at timestamptz`,
  /** Starts that are accepted and wait for their turn. `gate` is what their stage counts by, `place` that of the last. */
  `CREATE TABLE executions.start_queue (
    execution_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    stage text NOT NULL,
    gate text NOT NULL,
    rank timestamptz NOT NULL,
    due_at timestamptz,
    queued_at timestamptz NOT NULL DEFAULT now(),
    lane text,
    lane_limit int,
    lane_policy text,
    rate_lane text,
    rate_limit int,
    rate_period_ms int,
    rate_policy text,
    place text NOT NULL
  )`,
  `ALTER TABLE executions.start_queue
    SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)`,
];

const INDEXES = [
  'CREATE INDEX start_queue_gates ON executions.start_queue (stage, organization_id, gate, rank, execution_id)',
  'CREATE INDEX start_queue_due ON executions.start_queue (due_at) WHERE due_at IS NOT NULL',
  `CREATE UNIQUE INDEX start_queue_debounced ON executions.start_queue (organization_id, gate) WHERE stage = 'debounce'`,
  'CREATE INDEX start_queue_rates ON executions.start_queue (organization_id, rate_lane) WHERE rate_lane IS NOT NULL',
  /** A slot is held by its row: the end of the run takes it out of here. */
  `CREATE INDEX executions_slots ON executions.executions (organization_id, lane)
    WHERE lane IS NOT NULL AND status IN ${OPEN}`,
  `CREATE INDEX executions_rates ON executions.executions (organization_id, rate_lane, rated_at)
    WHERE rate_lane IS NOT NULL`,
  `CREATE INDEX executions_let_in ON executions.executions (organization_id)
    WHERE status = 'pending' AND held_back IS NULL`,
  'DROP INDEX executions.executions_released',
  `CREATE INDEX executions_released ON executions.executions (id)
    WHERE owner IS NULL AND status IN ('pending', 'running') AND held_back IS NULL`,
  `CREATE INDEX inbox_told ON executions.inbox (execution_id) WHERE kind <> 'start'`,
];

export class FlowControl1795374300000 implements MigrationInterface {
  name = 'FlowControl1795374300000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...CHANGES, ...INDEXES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX executions.inbox_told');
    await runner.query('DROP INDEX executions.executions_released');
    await runner.query(`CREATE INDEX executions_released ON executions.executions (id)
      WHERE owner IS NULL AND status IN ('pending', 'running')`);
    await runner.query('DROP TABLE executions.start_queue');
    await runner.query(`ALTER TABLE executions.executions
      DROP COLUMN held_back, DROP COLUMN lane, DROP COLUMN rate_lane, DROP COLUMN rated_at`);
  }
}
