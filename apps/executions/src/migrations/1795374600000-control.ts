import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  /** What runs ask people. */
  `CREATE TABLE executions.approvals (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    execution_id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    workflow_name text NOT NULL,
    test boolean NOT NULL,
    path text NOT NULL,
    title text NOT NULL,
    config json NOT NULL,
    status text NOT NULL DEFAULT 'pending',
    expires_at timestamptz(3),
    decision text,
    decided_by text,
    decided_at timestamptz(3),
    data json,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    deleted_at timestamptz(3)
  )`,
  /** Of the token only a hash is kept. */
  `CREATE TABLE executions.approval_links (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    approval_id uuid NOT NULL REFERENCES executions.approvals (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,
    decision text,
    created_by text,
    expires_at timestamptz(3) NOT NULL,
    used_at timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  /** What a rerun may take over of the run that it repeats: the record seq in the journal row row_seq of source_id. */
  `CREATE TABLE executions.adoptions (
    execution_id uuid NOT NULL,
    path text NOT NULL,
    organization_id uuid NOT NULL,
    source_id uuid NOT NULL,
    kind text NOT NULL,
    row_seq int NOT NULL,
    seq int NOT NULL,
    PRIMARY KEY (execution_id, path)
  )`,
  /** Workflows to start for runs that ended badly, until they are started. */
  `CREATE TABLE executions.on_failure_starts (
    execution_id uuid NOT NULL,
    seq int NOT NULL,
    organization_id uuid NOT NULL,
    workflow_key text NOT NULL,
    inputs json NOT NULL,
    traceparent text,
    tries int NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (execution_id, seq)
  )`,
  `CREATE TABLE executions.bulk_operations (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    action text NOT NULL,
    filter json NOT NULL,
    reason text,
    requested_by text,
    status text NOT NULL DEFAULT 'running',
    total int,
    processed int NOT NULL DEFAULT 0,
    succeeded int NOT NULL DEFAULT 0,
    skipped int NOT NULL DEFAULT 0,
    failed int NOT NULL DEFAULT 0,
    errors json NOT NULL DEFAULT '[]',
    cursor text,
    idempotency_key text,
    fingerprint text,
    claimed_until timestamptz NOT NULL DEFAULT now(),
    claimed_by uuid,
    completed_at timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    deleted_at timestamptz(3)
  )`,
];

const INDEXES = [
  'CREATE INDEX approvals_newest ON executions.approvals (organization_id, id) WHERE deleted_at IS NULL',
  'CREATE INDEX approvals_by_status ON executions.approvals (organization_id, status, id) WHERE deleted_at IS NULL',
  'CREATE INDEX approvals_of_execution ON executions.approvals (execution_id, path)',
  'CREATE INDEX approval_links_of_approval ON executions.approval_links (approval_id)',
  'CREATE INDEX on_failure_starts_due ON executions.on_failure_starts (due_at)',
  `CREATE INDEX bulk_operations_running ON executions.bulk_operations (claimed_until) WHERE status = 'running'`,
  `CREATE UNIQUE INDEX bulk_operations_keys ON executions.bulk_operations (organization_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL`,
];

/** Approvals, reruns, workflows for bad ends, and operations on many runs. */
export class Control1795374600000 implements MigrationInterface {
  name = 'Control1795374600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...INDEXES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = ['bulk_operations', 'on_failure_starts', 'adoptions', 'approval_links', 'approvals'];
    for (const table of tables) await runner.query(`DROP TABLE executions.${table}`);
  }
}
