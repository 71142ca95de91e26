import { createHmac } from 'node:crypto';
import { Client } from 'pg';

/** The role of every service but auth; it owns the database. */
export const DATABASE = 'rpa';
const AUTH_OWNER = 'rpa_auth_owner';
const AUTH = 'rpa_auth';

/** Where the services of an installation find their rows. */
export interface DatabaseUrls {
  url: string;
  /** Auth's own: a role that may read and write rows, and the one that owns its schema. Absent where one role was given. */
  auth: { url: string; migrationsUrl: string } | null;
}

/**
 * Makes the roles that the services work as; nobody works as the superuser. Auth's schema belongs to a role of its own,
 * so that neither auth itself nor any other service can change or remove what stands in the audit log.
 */
export async function ensureRoles(adminUrl: string, password: string): Promise<DatabaseUrls> {
  const passwordOf = (role: string): string =>
    role === DATABASE ? password : createHmac('sha256', password).update(role).digest('base64url');
  await asAdmin(adminUrl, async (admin) => {
    for (const role of [DATABASE, AUTH_OWNER, AUTH]) await ensureRole(admin, role, passwordOf(role));
    const database = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (database.rowCount === 0) await admin.query(`CREATE DATABASE ${DATABASE} OWNER ${DATABASE}`);
    await admin.query(`GRANT CREATE ON DATABASE ${DATABASE} TO ${AUTH_OWNER}`);
  });
  const { host } = new URL(adminUrl);
  await asAdmin(databaseOf(adminUrl), (admin) => admin.query(GIVE_SCHEMA));
  const urlOf = (role: string): string => `postgresql://${role}:${passwordOf(role)}@${host}/${DATABASE}`;
  return { url: urlOf(DATABASE), auth: { url: urlOf(AUTH), migrationsUrl: urlOf(AUTH_OWNER) } };
}

async function ensureRole(admin: Client, role: string, password: string): Promise<void> {
  const known = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const verb = known.rowCount === 0 ? 'CREATE' : 'ALTER';
  await admin.query(`${verb} ROLE ${role} LOGIN PASSWORD ${admin.escapeLiteral(password)}`);
}

/** Data folders from before had one owner for everything. */
const GIVE_SCHEMA = `
  CREATE SCHEMA IF NOT EXISTS auth;
  ALTER SCHEMA auth OWNER TO ${AUTH_OWNER};
  REVOKE ALL ON SCHEMA auth FROM ${DATABASE};
  DO $$
  DECLARE thing record;
  BEGIN
    FOR thing IN SELECT c.oid::regclass AS name FROM pg_class c
                  WHERE c.relnamespace = 'auth'::regnamespace AND c.relkind IN ('r', 'p')
                    AND c.relowner <> '${AUTH_OWNER}'::regrole
    LOOP
      EXECUTE format('ALTER TABLE %s OWNER TO ${AUTH_OWNER}', thing.name);
      EXECUTE format('REVOKE ALL ON TABLE %s FROM ${DATABASE}', thing.name);
    END LOOP;
    FOR thing IN SELECT p.oid::regprocedure AS name FROM pg_proc p
                  WHERE p.pronamespace = 'auth'::regnamespace AND p.proowner <> '${AUTH_OWNER}'::regrole
    LOOP EXECUTE format('ALTER FUNCTION %s OWNER TO ${AUTH_OWNER}', thing.name); END LOOP;
  END $$`;

async function asAdmin(url: string, work: (admin: Client) => Promise<unknown>): Promise<void> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

function databaseOf(url: string): string {
  const target = new URL(url);
  target.pathname = `/${DATABASE}`;
  return target.href;
}
