import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  /** How far the changes of an organization have been counted. */
  `CREATE TABLE executions.stats_progress (
    organization_id uuid PRIMARY KEY,
    changed_at timestamptz(3) NOT NULL,
    execution_id uuid NOT NULL
  )`,
  /** Ended runs by hour and by day of their end; the zero workflow stands for all of the organization. */
  `CREATE TABLE executions.stats_runs (
    organization_id uuid NOT NULL,
    grain text NOT NULL,
    workflow_id uuid NOT NULL,
    at timestamptz NOT NULL,
    status text NOT NULL,
    runs bigint NOT NULL,
    duration_ms bigint NOT NULL,
    queue_ms bigint NOT NULL,
    PRIMARY KEY (organization_id, grain, workflow_id, at, status)
  ) WITH (fillfactor = 70)`,
  /** How many of them took how long: buckets of a logarithmic scale, which can be added up over any time. */
  `CREATE TABLE executions.stats_times (
    organization_id uuid NOT NULL,
    grain text NOT NULL,
    workflow_id uuid NOT NULL,
    at timestamptz NOT NULL,
    metric text NOT NULL,
    bucket smallint NOT NULL,
    runs bigint NOT NULL,
    PRIMARY KEY (organization_id, grain, workflow_id, at, metric, bucket)
  ) WITH (fillfactor = 70)`,
  /** What steps cost, of a sample of the runs, by day. */
  `CREATE TABLE executions.stats_steps (
    organization_id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    day timestamptz NOT NULL,
    step text NOT NULL,
    type text NOT NULL,
    runs bigint NOT NULL,
    attempts bigint NOT NULL,
    failures bigint NOT NULL,
    duration_ms bigint NOT NULL,
    longest_ms bigint NOT NULL,
    PRIMARY KEY (organization_id, workflow_id, day, step)
  ) WITH (fillfactor = 70)`,
  `CREATE TABLE executions.stats_workflows (
    organization_id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (organization_id, workflow_id)
  )`,
];

const INDEXES = [
  'CREATE INDEX stats_runs_at ON executions.stats_runs (organization_id, grain, at)',
  'CREATE INDEX stats_times_at ON executions.stats_times (organization_id, grain, metric, at)',
  'CREATE INDEX stats_runs_old ON executions.stats_runs (grain, at)',
  'CREATE INDEX stats_times_old ON executions.stats_times (grain, at)',
];

/** Aggregates that are kept up with ended runs, so that no question about them reads the runs. */
export class Analytics1795375800000 implements MigrationInterface {
  name = 'Analytics1795375800000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...INDEXES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['workflows', 'steps', 'times', 'runs', 'progress'])
      await runner.query(`DROP TABLE executions.stats_${table}`);
  }
}
