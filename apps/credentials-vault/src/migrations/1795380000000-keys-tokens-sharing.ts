import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeysTokensSharing1795380000000 implements MigrationInterface {
  name = 'KeysTokensSharing1795380000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE credentials_vault.data_key_rotations (
        organization_id uuid NOT NULL,
        to_version int NOT NULL,
        total int NOT NULL,
        started_at timestamptz(3) NOT NULL DEFAULT now(),
        finished_at timestamptz(3),
        PRIMARY KEY (organization_id, to_version)
      )`);
    await runner.query(`
      CREATE INDEX data_key_rotations_open ON credentials_vault.data_key_rotations (organization_id)
       WHERE finished_at IS NULL`);
    await runner.query(`
      CREATE INDEX credential_versions_key ON credentials_vault.credential_versions (organization_id, data_key_version)`);
    await runner.query('CREATE INDEX data_keys_wrapping ON credentials_vault.data_keys (key_encryption_key_id)');
    await runner.query(`
      ALTER TABLE credentials_vault.credential_versions
        ADD fields text[] NOT NULL DEFAULT '{}', ADD created_by text NOT NULL DEFAULT '-'`);
    await runner.query(`
      ALTER TABLE credentials_vault.credentials ADD created_by text NOT NULL DEFAULT '-', ADD shared_roles text[]`);
    await runner.query(`
      CREATE TABLE credentials_vault.oauth_tokens (
        credential_id uuid PRIMARY KEY REFERENCES credentials_vault.credentials (id),
        organization_id uuid NOT NULL,
        generation int NOT NULL DEFAULT 0,
        data_key_version int,
        sealed bytea,
        refreshing_until timestamptz(3),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        FOREIGN KEY (organization_id, data_key_version) REFERENCES credentials_vault.data_keys (organization_id, version)
      )`);
    await runner.query(
      'CREATE INDEX oauth_tokens_key ON credentials_vault.oauth_tokens (organization_id, data_key_version)',
    );
    await runner.query(`
      CREATE TABLE credentials_vault.oauth_connects (
        state_hash bytea PRIMARY KEY,
        organization_id uuid NOT NULL,
        credential_id uuid NOT NULL REFERENCES credentials_vault.credentials (id),
        user_id uuid NOT NULL,
        data_key_version int NOT NULL,
        sealed bytea NOT NULL,
        expires_at timestamptz(3) NOT NULL
      )`);
    await runner.query('CREATE INDEX oauth_connects_age ON credentials_vault.oauth_connects (expires_at)');
    await runner.query(`
      CREATE TABLE credentials_vault.credential_health (
        credential_id uuid PRIMARY KEY REFERENCES credentials_vault.credentials (id),
        organization_id uuid NOT NULL,
        status text NOT NULL CHECK (status IN ('ok', 'failing', 'unconnected')),
        message text,
        checked_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query(
      'CREATE INDEX credential_health_organization ON credentials_vault.credential_health (organization_id, credential_id)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['credential_health', 'oauth_connects', 'oauth_tokens', 'data_key_rotations'])
      await runner.query(`DROP TABLE credentials_vault.${table}`);
    await runner.query('DROP INDEX credentials_vault.credential_versions_key, credentials_vault.data_keys_wrapping');
    await runner.query('ALTER TABLE credentials_vault.credential_versions DROP fields, DROP created_by');
    await runner.query('ALTER TABLE credentials_vault.credentials DROP created_by, DROP shared_roles');
  }
}
