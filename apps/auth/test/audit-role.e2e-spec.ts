import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRole, registerUser, verifyAudit } from '@rpa/contracts';
import { createTestDatabase, type TestDatabase } from '@rpa/testing';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { AuthService, CLIENT, newPerson } from './auth-service.js';

/** As `npm start` and a careful operator have it: auth works as a role that owns nothing. */
describe('auth as a role that does not own its tables', () => {
  const role = `auth_app_${randomBytes(4).toString('hex')}`;
  let database: TestDatabase;
  let admin: pg.Client;
  let asAuth: pg.Client;
  let auth: AuthService;

  beforeAll(async () => {
    database = await createTestDatabase('audit_role');
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'a'`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'a';
    auth = await AuthService.start({ DATABASE_URL: url.href, DATABASE_MIGRATIONS_URL: database.url });
    asAuth = new pg.Client({ connectionString: url.href });
    await asAuth.connect();
  });
  afterAll(async () => {
    await auth.stop();
    await asAuth.end();
    await admin.query(`DROP OWNED BY ${role}`);
    await admin.query(`DROP ROLE ${role}`);
    await admin.end();
    await database.drop();
  });

  it('does its work, and can neither change nor remove what stands in the audit log', async () => {
    const session = await auth.gateway.request(registerUser, newPerson(), { client: CLIENT });
    const as = { principal: session.accessToken };
    await auth.gateway.request(createRole, createRole.example.request, as);
    expect(await auth.gateway.request(verifyAudit, {}, as)).toMatchObject({ valid: true });
    const denied = /permission denied|must be owner/;
    for (const statement of [
      `UPDATE auth.audit_records SET action = 'x.y'`,
      'DELETE FROM auth.audit_records',
      'TRUNCATE auth.audit_records',
      'ALTER TABLE auth.audit_records DISABLE TRIGGER ALL',
      'DROP TRIGGER append_only ON auth.audit_records',
      'DROP TABLE auth.audit_records',
      'SET session_replication_role = replica',
    ])
      await expect(asAuth.query(statement)).rejects.toThrow(denied);
  });
});
