import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Creates the outbox in a service's schema; every service with a database has it, nobody needs to list it. */
export function auditMigration(schema: string): new () => MigrationInterface {
  return class AuditOutbox1700000000001 implements MigrationInterface {
    name = 'AuditOutbox1700000000001';

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(`
        CREATE TABLE ${schema}.audit_outbox (
          seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          id uuid NOT NULL,
          organization_id uuid NOT NULL,
          entry json NOT NULL,
          refused text,
          created_at timestamptz(3) NOT NULL DEFAULT now()
        )`);
      await runner.query(`CREATE INDEX audit_outbox_waiting ON ${schema}.audit_outbox (seq) WHERE refused IS NULL`);
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query(`DROP TABLE ${schema}.audit_outbox`);
    }
  };
}
