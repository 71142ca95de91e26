import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Integrations1764200000000 implements MigrationInterface {
  name = 'Integrations1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE integrations.integrations (
        id uuid PRIMARY KEY,
        organization_id uuid NOT NULL,
        name text NOT NULL,
        key text NOT NULL,
        type text NOT NULL,
        description text NOT NULL DEFAULT '',
        base_url text NOT NULL,
        auth_type text NOT NULL,
        credential_key text,
        headers json NOT NULL,
        timeout text NOT NULL,
        health_check_url text,
        health_check_method text NOT NULL,
        expected_status int,
        health_check_interval text NOT NULL,
        max_retries int NOT NULL,
        retry_delay text NOT NULL,
        rate_limit_per_minute int,
        tags text[] NOT NULL,
        alert_after_failures int NOT NULL,
        enabled boolean NOT NULL DEFAULT true,
        status text NOT NULL DEFAULT 'unknown' CHECK (status IN ('healthy', 'degraded', 'down', 'unknown')),
        consecutive_failures int NOT NULL DEFAULT 0,
        last_checked_at timestamptz(3),
        last_latency_ms int,
        last_error text,
        checking_until timestamptz(3),
        revision int NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        deleted_at timestamptz(3),
        CHECK (auth_type = 'none' OR credential_key IS NOT NULL)
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX integrations_key ON integrations.integrations (organization_id, key)
       WHERE deleted_at IS NULL`);
    await runner.query(`
      CREATE INDEX integrations_list ON integrations.integrations (organization_id, id DESC)
       WHERE deleted_at IS NULL`);
    await runner.query(`
      CREATE INDEX integrations_failing ON integrations.integrations (organization_id, id DESC)
       WHERE deleted_at IS NULL AND enabled AND consecutive_failures > 0`);
    await runner.query(`
      CREATE TABLE integrations.health_checks (
        id uuid PRIMARY KEY,
        organization_id uuid NOT NULL,
        integration_id uuid NOT NULL REFERENCES integrations.integrations (id),
        status text NOT NULL,
        http_status int,
        latency_ms int NOT NULL,
        error text,
        attempts int NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        deleted_at timestamptz(3)
      )`);
    await runner.query(`
      CREATE INDEX health_checks_history
          ON integrations.health_checks (organization_id, integration_id, id DESC)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE integrations.health_checks');
    await runner.query('DROP TABLE integrations.integrations');
  }
}
