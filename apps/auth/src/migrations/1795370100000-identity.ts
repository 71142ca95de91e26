import type { MigrationInterface, QueryRunner } from 'typeorm';

const OF_TENANT = 'uuid NOT NULL REFERENCES auth.organizations (id)';
const ROW_COLUMNS = `
  id uuid PRIMARY KEY,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  deleted_at timestamptz(3)`;
const USER = 'user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE';

export class Identity1795370100000 implements MigrationInterface {
  name = 'Identity1795370100000';

  async up(runner: QueryRunner): Promise<void> {
    await alterAccounts(runner);
    await createRoles(runner);
    await createLinks(runner);
    await createFactors(runner);
    await createProviders(runner);
    await createSigningKeys(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'signing_keys',
      'oidc_identities',
      'oidc_providers',
      'recovery_codes',
      'mfa_factors',
      'password_history',
      'password_resets',
      'invitations',
      'api_keys',
      'roles',
    ])
      await runner.query(`DROP TABLE auth.${table}`);
    await runner.query('ALTER TABLE auth.organizations DROP COLUMN security');
    for (const column of ['deactivated_at', 'erased_at', 'epoch', 'last_login_at', 'password_changed_at'])
      await runner.query(`ALTER TABLE auth.users DROP COLUMN ${column}`);
  }
}

async function alterAccounts(runner: QueryRunner): Promise<void> {
  await runner.query(`ALTER TABLE auth.organizations ADD COLUMN security jsonb NOT NULL DEFAULT '{}'`);
  await runner.query(`
    ALTER TABLE auth.users
      ALTER COLUMN password_hash DROP NOT NULL,
      ADD COLUMN deactivated_at timestamptz(3),
      ADD COLUMN erased_at timestamptz(3),
      ADD COLUMN epoch integer NOT NULL DEFAULT 0,
      ADD COLUMN last_login_at timestamptz(3),
      ADD COLUMN password_changed_at timestamptz(3) NOT NULL DEFAULT now()`);
  await runner.query(
    'CREATE INDEX user_roles_key ON auth.user_roles (organization_id, role_key, user_id) WHERE deleted_at IS NULL',
  );
  await runner.query('ALTER TABLE auth.sessions DROP CONSTRAINT sessions_ended_by_check');
  await runner.query(`
    ALTER TABLE auth.sessions ADD CONSTRAINT sessions_ended_by_check CHECK (
      ended_by IN ('logout', 'reuse', 'revoked', 'limit', 'deactivated', 'password', 'mfa'))`);
  await runner.query(
    'CREATE INDEX sessions_open ON auth.sessions (organization_id, user_id, updated_at) WHERE ended_at IS NULL',
  );
  await runner.query('ALTER TABLE auth.login_attempts DROP CONSTRAINT login_attempts_scope_check');
  await runner.query(`
    ALTER TABLE auth.login_attempts ADD CONSTRAINT login_attempts_scope_check CHECK (
      scope IN ('account', 'address', 'mfa', 'reset'))`);
}

async function createRoles(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE auth.roles (${ROW_COLUMNS},
      organization_id ${OF_TENANT},
      key text NOT NULL CHECK (key NOT IN ('owner', 'admin', 'editor', 'operator', 'viewer')),
      name text NOT NULL,
      description text NOT NULL,
      permissions text[] NOT NULL
    )`);
  await runner.query('CREATE UNIQUE INDEX roles_key ON auth.roles (organization_id, key) WHERE deleted_at IS NULL');
  await runner.query(`
    CREATE TABLE auth.api_keys (${ROW_COLUMNS},
      organization_id ${OF_TENANT},
      ${USER},
      name text NOT NULL,
      prefix text NOT NULL,
      key_hash bytea NOT NULL,
      scopes text[] NOT NULL,
      expires_at timestamptz(3),
      last_used_at timestamptz(3),
      use_count bigint NOT NULL DEFAULT 0
    )`);
  await runner.query('CREATE UNIQUE INDEX api_keys_hash ON auth.api_keys (key_hash)');
  await runner.query('CREATE INDEX api_keys_user ON auth.api_keys (organization_id, user_id, id)');
  await runner.query('CREATE INDEX api_keys_organization ON auth.api_keys (organization_id, id)');
}

async function createLinks(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE auth.invitations (${ROW_COLUMNS},
      organization_id ${OF_TENANT},
      email text NOT NULL,
      roles text[] NOT NULL,
      token_hash bytea NOT NULL,
      invited_by uuid NOT NULL REFERENCES auth.users (id),
      expires_at timestamptz(3) NOT NULL
    )`);
  await runner.query('CREATE UNIQUE INDEX invitations_token ON auth.invitations (token_hash)');
  await runner.query(
    'CREATE UNIQUE INDEX invitations_email ON auth.invitations (organization_id, email) WHERE deleted_at IS NULL',
  );
  await runner.query('CREATE INDEX invitations_age ON auth.invitations (expires_at)');
  await runner.query(`
    CREATE TABLE auth.password_resets (${ROW_COLUMNS},
      organization_id ${OF_TENANT},
      ${USER},
      token_hash bytea NOT NULL,
      expires_at timestamptz(3) NOT NULL
    )`);
  await runner.query('CREATE UNIQUE INDEX password_resets_token ON auth.password_resets (token_hash)');
  await runner.query('CREATE INDEX password_resets_user ON auth.password_resets (organization_id, user_id)');
  await runner.query('CREATE INDEX password_resets_age ON auth.password_resets (expires_at)');
  await runner.query(`
    CREATE TABLE auth.password_history (${ROW_COLUMNS},
      organization_id ${OF_TENANT},
      ${USER},
      password_hash text NOT NULL
    )`);
  await runner.query('CREATE INDEX password_history_user ON auth.password_history (organization_id, user_id, id)');
}

async function createFactors(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE auth.mfa_factors (${ROW_COLUMNS},
      organization_id ${OF_TENANT},
      ${USER},
      secret bytea NOT NULL,
      confirmed_at timestamptz(3),
      last_step bigint NOT NULL DEFAULT 0
    )`);
  await runner.query('CREATE UNIQUE INDEX mfa_factors_user ON auth.mfa_factors (organization_id, user_id)');
  await runner.query(`
    CREATE TABLE auth.recovery_codes (${ROW_COLUMNS},
      organization_id ${OF_TENANT},
      ${USER},
      code_hash bytea NOT NULL,
      used_at timestamptz(3)
    )`);
  await runner.query(
    'CREATE UNIQUE INDEX recovery_codes_code ON auth.recovery_codes (organization_id, user_id, code_hash)',
  );
}

async function createProviders(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE auth.oidc_providers (${ROW_COLUMNS},
      organization_id ${OF_TENANT},
      key text NOT NULL,
      name text NOT NULL,
      issuer text NOT NULL,
      client_id text NOT NULL,
      client_secret bytea,
      scopes text[] NOT NULL,
      groups_claim text NOT NULL,
      group_mappings jsonb NOT NULL,
      default_roles text[] NOT NULL,
      create_users boolean NOT NULL,
      enabled boolean NOT NULL
    )`);
  await runner.query(
    'CREATE UNIQUE INDEX oidc_providers_key ON auth.oidc_providers (organization_id, key) WHERE deleted_at IS NULL',
  );
  await runner.query(`
    CREATE TABLE auth.oidc_identities (${ROW_COLUMNS},
      organization_id ${OF_TENANT},
      ${USER},
      provider_id uuid NOT NULL REFERENCES auth.oidc_providers (id) ON DELETE CASCADE,
      subject text NOT NULL
    )`);
  await runner.query(
    'CREATE UNIQUE INDEX oidc_identities_subject ON auth.oidc_identities (organization_id, provider_id, subject)',
  );
  await runner.query('CREATE INDEX oidc_identities_user ON auth.oidc_identities (organization_id, user_id)');
}

async function createSigningKeys(runner: QueryRunner): Promise<void> {
  // Of the installation: tokens of every organization are signed by the same keys.
  await runner.query(`
    CREATE TABLE auth.signing_keys (
      kid text PRIMARY KEY,
      public_key jsonb NOT NULL,
      private_key bytea NOT NULL,
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      retired_at timestamptz(3)
    )`);
  // One signs at a time, whichever replica rotates.
  await runner.query('CREATE UNIQUE INDEX signing_keys_active ON auth.signing_keys ((true)) WHERE retired_at IS NULL');
}
