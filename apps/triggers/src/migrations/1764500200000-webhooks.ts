import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Webhooks1764500200000 implements MigrationInterface {
  name = 'Webhooks1764500200000';

  async up(runner: QueryRunner): Promise<void> {
    const run = (sql: string): Promise<unknown> => runner.query(sql);
    await run(`ALTER TABLE triggers.triggers ADD COLUMN hook_key text, ADD COLUMN secret_id uuid,
                 ADD COLUMN capture_left int NOT NULL DEFAULT 0, ADD COLUMN capture_until timestamptz(3)`);
    await run('CREATE UNIQUE INDEX triggers_hook_key ON triggers.triggers (hook_key) WHERE hook_key IS NOT NULL');
    // A request as it came in, what its sender was answered, and whether it is kept although its time is over.
    await run(`ALTER TABLE triggers.event_inbox ADD COLUMN request json, ADD COLUMN raw bytea, ADD COLUMN answer json,
                 ADD COLUMN kept boolean NOT NULL DEFAULT false`);
    await run(`
      CREATE TABLE triggers.webhook_captures (
        id uuid PRIMARY KEY,
        organization_id uuid NOT NULL,
        trigger_id uuid NOT NULL REFERENCES triggers.triggers (id),
        at timestamptz(3) NOT NULL DEFAULT now(),
        request json NOT NULL,
        headers json NOT NULL,
        raw bytea NOT NULL,
        verdict json NOT NULL
      )`);
    await run('CREATE INDEX webhook_captures_list ON triggers.webhook_captures (trigger_id, id DESC)');
    await run('CREATE INDEX webhook_captures_age ON triggers.webhook_captures (at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE triggers.webhook_captures');
    await runner.query(
      'ALTER TABLE triggers.event_inbox DROP COLUMN request, DROP COLUMN raw, DROP COLUMN answer, DROP COLUMN kept',
    );
    await runner.query(
      'ALTER TABLE triggers.triggers DROP COLUMN hook_key, DROP COLUMN secret_id, DROP COLUMN capture_left, DROP COLUMN capture_until',
    );
  }
}
