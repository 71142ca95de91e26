import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What executions write, in weeks like the journal: by the id of the execution, which begins with its time. */
export class ExecutionLogs1795374000000 implements MigrationInterface {
  name = 'ExecutionLogs1795374000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE SEQUENCE executions.log_ids');
    await runner.query(`CREATE TABLE executions.logs (
      execution_id uuid NOT NULL,
      id bigint NOT NULL DEFAULT nextval('executions.log_ids'),
      organization_id uuid NOT NULL,
      at timestamptz(3) NOT NULL,
      level smallint NOT NULL,
      path text NOT NULL,
      attempt int NOT NULL,
      message text NOT NULL,
      PRIMARY KEY (execution_id, id)
    ) PARTITION BY RANGE (execution_id)`);
    await runner.query('CREATE TABLE executions.logs_default PARTITION OF executions.logs DEFAULT');
    // How many lines came, kept or not.
    await runner.query(`CREATE TABLE executions.log_sizes (
      execution_id uuid PRIMARY KEY,
      organization_id uuid NOT NULL,
      lines int NOT NULL
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE executions.log_sizes');
    await runner.query('DROP TABLE executions.logs');
    await runner.query('DROP SEQUENCE executions.log_ids');
  }
}
