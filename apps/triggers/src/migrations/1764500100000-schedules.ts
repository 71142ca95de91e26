import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Schedules1764500100000 implements MigrationInterface {
  name = 'Schedules1764500100000';

  async up(runner: QueryRunner): Promise<void> {
    // One row a schedule: the next time that it is for, and when that fires (later by its jitter).
    await runner.query(`
      CREATE TABLE triggers.schedules (
        trigger_id uuid PRIMARY KEY REFERENCES triggers.triggers (id),
        organization_id uuid NOT NULL,
        anchor_at timestamptz(3) NOT NULL,
        scheduled_for timestamptz(3),
        due_at timestamptz(3) NOT NULL
      ) WITH (fillfactor = 70)`);
    await runner.query('CREATE INDEX schedules_due ON triggers.schedules (due_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE triggers.schedules');
  }
}
