import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  /** One row a boot of a replica: its id is the fencing token. Deleting it is what takes its runs away. */
  `CREATE TABLE executions.leases (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    replica text NOT NULL,
    expires_at timestamptz NOT NULL
  ) WITH (fillfactor = 20)`,
  `CREATE TABLE executions.executions (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    version_id uuid NOT NULL,
    workflow_name text NOT NULL,
    workflow_version int NOT NULL,
    status text NOT NULL,
    test boolean NOT NULL,
    trigger_type text NOT NULL,
    trigger_id text,
    inputs json NOT NULL,
    output json,
    error json,
    parent_id uuid,
    parent_path text,
    parent_attempt int,
    rerun_of uuid,
    priority smallint NOT NULL,
    traceparent text,
    wait_reply text,
    owner bigint,
    settled int NOT NULL,
    total int NOT NULL,
    started_at timestamptz(3),
    completed_at timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    deleted_at timestamptz(3)
  ) WITH (fillfactor = 80)`,
  `CREATE TABLE executions.start_keys (
    organization_id uuid NOT NULL,
    source text NOT NULL,
    key text NOT NULL,
    execution_id uuid NOT NULL,
    fingerprint text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, source, key)
  )`,
  /** A row holds all records of one run in one commit, from `seq` to `last_seq`. */
  `CREATE TABLE executions.journal (
    execution_id uuid NOT NULL,
    seq int NOT NULL,
    last_seq int NOT NULL,
    lease_id bigint NOT NULL,
    body json NOT NULL,
    PRIMARY KEY (execution_id, seq)
  ) PARTITION BY RANGE (execution_id)`,
  'CREATE TABLE executions.journal_default PARTITION OF executions.journal DEFAULT',
  `CREATE TABLE executions.snapshots (
    execution_id uuid PRIMARY KEY,
    seq int NOT NULL,
    body json NOT NULL
  )`,
  `CREATE TABLE executions.inbox (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    execution_id uuid NOT NULL,
    kind text NOT NULL,
    dedupe_key text NOT NULL,
    body json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (execution_id, dedupe_key)
  )`,
  /** Only of runs that nobody has in memory. */
  `CREATE TABLE executions.timers (
    execution_id uuid NOT NULL,
    timer text NOT NULL,
    due_at timestamptz NOT NULL,
    PRIMARY KEY (execution_id, timer)
  )`,
];

const INDEXES = [
  'CREATE INDEX executions_newest ON executions.executions (organization_id, id) WHERE deleted_at IS NULL',
  'CREATE INDEX executions_by_workflow ON executions.executions (organization_id, workflow_id, id) WHERE deleted_at IS NULL',
  'CREATE INDEX executions_by_status ON executions.executions (organization_id, status, id) WHERE deleted_at IS NULL',
  'CREATE INDEX executions_by_trigger ON executions.executions (organization_id, trigger_type, id) WHERE deleted_at IS NULL',
  'CREATE INDEX executions_owned ON executions.executions (owner, id) WHERE owner IS NOT NULL',
  `CREATE INDEX executions_released ON executions.executions (id)
    WHERE owner IS NULL AND status IN ('pending', 'running')`,
  'CREATE INDEX start_keys_age ON executions.start_keys USING brin (created_at)',
  'CREATE INDEX timers_due ON executions.timers (due_at)',
];

const SETTINGS = ['leases', 'inbox', 'timers'].map(
  (table) =>
    `ALTER TABLE executions.${table} SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)`,
);

export class Executions1764000000000 implements MigrationInterface {
  name = 'Executions1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...INDEXES, ...SETTINGS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = ['timers', 'inbox', 'snapshots', 'journal', 'start_keys', 'executions', 'leases'];
    for (const table of tables) await runner.query(`DROP TABLE executions.${table}`);
  }
}
