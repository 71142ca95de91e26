import type { MigrationInterface, QueryRunner } from 'typeorm';

const TENANT_COLUMNS = `
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  deleted_at timestamptz(3)`;

export class CreateAccounts1767225600000 implements MigrationInterface {
  name = 'CreateAccounts1767225600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE auth.organizations (${TENANT_COLUMNS},
        name text NOT NULL,
        slug text NOT NULL CHECK (slug ~ '^[a-z0-9-]{2,40}$'),
        CHECK (organization_id = id)
      )`);
    // Not partial: a slug is never given away again, or old publishers would reach the new owner.
    await runner.query('CREATE UNIQUE INDEX organizations_slug ON auth.organizations (slug)');
    await runner.query(`
      CREATE TABLE auth.users (${TENANT_COLUMNS},
        email text NOT NULL,
        password_hash text NOT NULL,
        first_name text NOT NULL,
        last_name text NOT NULL,
        FOREIGN KEY (organization_id) REFERENCES auth.organizations (id)
      )`);
    await runner.query('CREATE UNIQUE INDEX users_email ON auth.users (email) WHERE deleted_at IS NULL');
    await runner.query('CREATE INDEX users_organization ON auth.users (organization_id, id)');
    await runner.query(`
      CREATE TABLE auth.user_roles (${TENANT_COLUMNS},
        user_id uuid NOT NULL REFERENCES auth.users (id),
        role_key text NOT NULL,
        FOREIGN KEY (organization_id) REFERENCES auth.organizations (id)
      )`);
    await runner.query(
      'CREATE UNIQUE INDEX user_roles_role ON auth.user_roles (organization_id, user_id, role_key) WHERE deleted_at IS NULL',
    );
    await runner.query(`
      CREATE TABLE auth.sessions (${TENANT_COLUMNS},
        user_id uuid NOT NULL REFERENCES auth.users (id),
        client_address text NOT NULL,
        user_agent text NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        ended_at timestamptz(3),
        ended_by text CHECK (ended_by IN ('logout', 'reuse')),
        FOREIGN KEY (organization_id) REFERENCES auth.organizations (id)
      )`);
    await runner.query('CREATE INDEX sessions_user ON auth.sessions (organization_id, user_id, id)');
    await runner.query('CREATE INDEX sessions_age ON auth.sessions (expires_at)');
    await runner.query(`
      CREATE TABLE auth.refresh_tokens (${TENANT_COLUMNS},
        session_id uuid NOT NULL REFERENCES auth.sessions (id) ON DELETE CASCADE,
        token_hash bytea NOT NULL,
        used_at timestamptz(3),
        successor_salt bytea,
        expires_at timestamptz(3) NOT NULL
      )`);
    await runner.query('CREATE UNIQUE INDEX refresh_tokens_hash ON auth.refresh_tokens (token_hash)');
    await runner.query('CREATE INDEX refresh_tokens_session ON auth.refresh_tokens (session_id)');
    await runner.query(`
      CREATE TABLE auth.login_attempts (
        scope text NOT NULL CHECK (scope IN ('account', 'address')),
        subject bytea NOT NULL,
        attempts integer NOT NULL,
        window_ends_at timestamptz(3) NOT NULL,
        PRIMARY KEY (scope, subject)
      )`);
    await runner.query('CREATE INDEX login_attempts_age ON auth.login_attempts (window_ends_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['login_attempts', 'refresh_tokens', 'sessions', 'user_roles', 'users', 'organizations'])
      await runner.query(`DROP TABLE auth.${table}`);
  }
}
