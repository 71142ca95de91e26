import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TriggerSources1764500000000 implements MigrationInterface {
  name = 'TriggerSources1764500000000';

  async up(runner: QueryRunner): Promise<void> {
    const run = (sql: string): Promise<unknown> => runner.query(sql);
    await run('ALTER TABLE triggers.triggers ADD COLUMN problem json');
    // Work on a source is due, or is somebody's until then: taking it over is claiming what is due.
    await run(`
      CREATE TABLE triggers.trigger_sources (
        trigger_id uuid PRIMARY KEY REFERENCES triggers.triggers (id),
        organization_id uuid NOT NULL,
        identity text NOT NULL,
        checkpoint json,
        due_at timestamptz(3) NOT NULL,
        lease uuid,
        polled_at timestamptz(3),
        event_at timestamptz(3),
        failures int NOT NULL DEFAULT 0,
        last_error text,
        lag bigint
      )`);
    await run('CREATE INDEX trigger_sources_due ON triggers.trigger_sources (due_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE triggers.trigger_sources');
    await runner.query('ALTER TABLE triggers.triggers DROP COLUMN problem');
  }
}
