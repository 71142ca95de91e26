import type { MigrationInterface, QueryRunner } from 'typeorm';

const ROW = `
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  deleted_at timestamptz(3)`;

export class Triggers1763800000000 implements MigrationInterface {
  name = 'Triggers1763800000000';

  async up(runner: QueryRunner): Promise<void> {
    const run = (sql: string): Promise<unknown> => runner.query(sql);
    await run(`
      CREATE TABLE triggers.triggers (${ROW},
        organization_slug text NOT NULL,
        workflow_id uuid NOT NULL,
        name text NOT NULL,
        type text NOT NULL,
        enabled boolean NOT NULL,
        config json NOT NULL,
        inputs json,
        channel text,
        revision int NOT NULL DEFAULT 1
      )`);
    await run('CREATE INDEX triggers_list ON triggers.triggers (organization_id, id DESC) WHERE deleted_at IS NULL');
    await run(
      'CREATE INDEX triggers_workflow ON triggers.triggers (organization_id, workflow_id, id DESC) WHERE deleted_at IS NULL',
    );
    // Which triggers listen to a channel: those that name it, and the few that name a pattern.
    await run(`CREATE INDEX triggers_channel ON triggers.triggers (organization_slug, channel)
                WHERE channel IS NOT NULL AND enabled AND deleted_at IS NULL`);
    await run(`CREATE INDEX triggers_pattern ON triggers.triggers (organization_slug)
                WHERE channel ~ '[*>]' AND enabled AND deleted_at IS NULL`);
    await run(`
      CREATE TABLE triggers.event_inbox (
        id uuid PRIMARY KEY,
        organization_id uuid NOT NULL,
        source text NOT NULL,
        channel text,
        event_key text,
        payload json NOT NULL,
        headers json NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await run(`CREATE UNIQUE INDEX event_inbox_key ON triggers.event_inbox (organization_id, event_key)
                WHERE event_key IS NOT NULL`);
    await run('CREATE INDEX event_inbox_age ON triggers.event_inbox (created_at)');
    await run(`
      CREATE TABLE triggers.event_intents (
        trigger_id uuid NOT NULL REFERENCES triggers.triggers (id),
        event_id uuid NOT NULL REFERENCES triggers.event_inbox (id),
        organization_id uuid NOT NULL,
        attempts int NOT NULL DEFAULT 0,
        next_at timestamptz(3) NOT NULL,
        last_error text,
        PRIMARY KEY (trigger_id, event_id)
      )`);
    await run('CREATE INDEX event_intents_due ON triggers.event_intents (next_at)');
    await run('CREATE INDEX event_intents_event ON triggers.event_intents (event_id)');
    await run(`
      CREATE TABLE triggers.trigger_fires (${ROW},
        trigger_id uuid NOT NULL,
        at timestamptz(3) NOT NULL DEFAULT now(),
        outcome text NOT NULL,
        reason text,
        execution_id uuid,
        event_id uuid,
        dedupe_key text
      )`);
    await run('CREATE INDEX trigger_fires_list ON triggers.trigger_fires (organization_id, trigger_id, id DESC)');
    await run('CREATE INDEX trigger_fires_event ON triggers.trigger_fires (event_id)');
    await run('CREATE INDEX trigger_fires_age ON triggers.trigger_fires (at)');
    await run(`
      CREATE TABLE triggers.event_publishers (${ROW},
        organization_slug text NOT NULL,
        name text NOT NULL,
        "user" text NOT NULL UNIQUE,
        password_hash text NOT NULL
      )`);
    await run(
      'CREATE INDEX event_publishers_list ON triggers.event_publishers (organization_id, id DESC) WHERE deleted_at IS NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE triggers.event_publishers, triggers.trigger_fires, triggers.event_intents, triggers.event_inbox,
                  triggers.triggers`,
    );
  }
}
