import type { MigrationInterface, QueryRunner } from 'typeorm';

const PRODUCTION = 'WHERE deleted_at IS NULL AND NOT test';

/** The words that an error is found by; its organization among them, so that a search reads no other's entries. */
export const ERROR_WORDS = `(array_to_tsvector(ARRAY['org:' || organization_id::text]) || to_tsvector('simple'::regconfig,
  coalesce(error ->> 'code', '') || ' ' || coalesce(error ->> 'message', '') || ' ' || coalesce(error ->> 'stepPath', '')))`;

const OLD = ['executions_newest', 'executions_by_workflow', 'executions_by_status', 'executions_by_trigger'];

const INDEXES = [
  `CREATE INDEX executions_newest ON executions.executions (organization_id, id) ${PRODUCTION}`,
  `CREATE INDEX executions_by_workflow ON executions.executions (organization_id, workflow_id, id) ${PRODUCTION}`,
  `CREATE INDEX executions_by_status ON executions.executions (organization_id, status, id) ${PRODUCTION}`,
  `CREATE INDEX executions_by_trigger ON executions.executions (organization_id, trigger_type, id) ${PRODUCTION}`,
  `CREATE INDEX executions_by_version ON executions.executions
    (organization_id, workflow_id, workflow_version, id) ${PRODUCTION}`,
  // Those that somebody looks for in one workflow; the ones that completed are nearly all of it anyway.
  `CREATE INDEX executions_not_completed ON executions.executions (organization_id, workflow_id, status, id)
    ${PRODUCTION} AND status IN ('failed', 'cancelled', 'timed_out', 'waiting', 'paused', 'needs_decision')`,
  'CREATE INDEX executions_tests ON executions.executions (organization_id, id) WHERE deleted_at IS NULL AND test',
  `CREATE INDEX executions_by_business_key ON executions.executions (organization_id, business_key, id)
    WHERE business_key IS NOT NULL`,
  `CREATE INDEX executions_by_error ON executions.executions USING gin (${ERROR_WORDS}) WHERE error IS NOT NULL`,
  // In the order of change, for whoever follows along: analytics, live views.
  'CREATE INDEX executions_by_change ON executions.executions (organization_id, updated_at, id)',
];

/** Labels, business keys, and an index for every way to look for executions. */
export class ExecutionLists1795373500000 implements MigrationInterface {
  name = 'ExecutionLists1795373500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE executions.executions ADD COLUMN labels json, ADD COLUMN business_key text');
    await runner.query(`CREATE TABLE executions.labels (
      organization_id uuid NOT NULL,
      name text NOT NULL,
      value text NOT NULL,
      execution_id uuid NOT NULL,
      PRIMARY KEY (organization_id, name, value, execution_id)
    )`);
    await runner.query('CREATE INDEX labels_of_execution ON executions.labels (execution_id)');
    for (const index of OLD) await runner.query(`DROP INDEX executions.${index}`);
    for (const statement of INDEXES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const added = ['by_version', 'not_completed', 'tests', 'by_business_key', 'by_error', 'by_change'];
    for (const index of added) await runner.query(`DROP INDEX executions.executions_${index}`);
    await runner.query('DROP TABLE executions.labels');
    await runner.query('ALTER TABLE executions.executions DROP COLUMN labels, DROP COLUMN business_key');
  }
}
