import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Credentials1764100000000 implements MigrationInterface {
  name = 'Credentials1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE credentials_vault.key_encryption_keys (
        id text PRIMARY KEY,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE credentials_vault.data_keys (
        organization_id uuid NOT NULL,
        version int NOT NULL CHECK (version > 0),
        key_encryption_key_id text NOT NULL REFERENCES credentials_vault.key_encryption_keys (id),
        wrapped bytea NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (organization_id, version)
      )`);
    await runner.query(`
      CREATE TABLE credentials_vault.credentials (
        id uuid PRIMARY KEY,
        organization_id uuid NOT NULL,
        name text NOT NULL,
        key text NOT NULL,
        type text NOT NULL,
        fields text[] NOT NULL,
        version int NOT NULL CHECK (version > 0),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        deleted_at timestamptz(3)
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX credentials_key ON credentials_vault.credentials (organization_id, key)
       WHERE deleted_at IS NULL`);
    await runner.query(`
      CREATE INDEX credentials_list ON credentials_vault.credentials (organization_id, id DESC)
       WHERE deleted_at IS NULL`);
    await runner.query(`
      CREATE TABLE credentials_vault.credential_versions (
        credential_id uuid NOT NULL REFERENCES credentials_vault.credentials (id),
        version int NOT NULL,
        organization_id uuid NOT NULL,
        data_key_version int NOT NULL,
        sealed bytea NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (credential_id, version),
        FOREIGN KEY (organization_id, data_key_version) REFERENCES credentials_vault.data_keys (organization_id, version)
      )`);
    await runner.query(`
      CREATE TABLE credentials_vault.credential_uses (
        id uuid PRIMARY KEY,
        organization_id uuid NOT NULL,
        credential_id uuid NOT NULL,
        version int NOT NULL,
        service text NOT NULL,
        execution_id uuid NOT NULL,
        path text NOT NULL,
        attempt int NOT NULL,
        at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE INDEX credential_uses_by_credential
          ON credentials_vault.credential_uses (organization_id, credential_id, id DESC)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['credential_uses', 'credential_versions', 'credentials', 'data_keys', 'key_encryption_keys'])
      await runner.query(`DROP TABLE credentials_vault.${table}`);
  }
}
