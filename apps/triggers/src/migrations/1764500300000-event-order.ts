import type { MigrationInterface, QueryRunner } from 'typeorm';

export class EventOrder1764500300000 implements MigrationInterface {
  name = 'EventOrder1764500300000';

  async up(runner: QueryRunner): Promise<void> {
    // Intents with the same key are handed over one after the other, in the order of the stream.
    await runner.query(`ALTER TABLE triggers.event_intents ADD COLUMN order_key text, ADD COLUMN order_seq bigint,
                          ADD COLUMN created_at timestamptz(3) NOT NULL DEFAULT now()`);
    await runner.query(`CREATE INDEX event_intents_order ON triggers.event_intents (trigger_id, order_key, order_seq, event_id)
                         WHERE order_key IS NOT NULL`);
    await runner.query(`CREATE INDEX trigger_fires_dead ON triggers.trigger_fires (organization_id, id DESC)
                         WHERE outcome IN ('failed', 'rejected')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX triggers.trigger_fires_dead');
    await runner.query(
      'ALTER TABLE triggers.event_intents DROP COLUMN order_key, DROP COLUMN order_seq, DROP COLUMN created_at',
    );
  }
}
