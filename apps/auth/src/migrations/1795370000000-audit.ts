import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Audit1795370000000 implements MigrationInterface {
  name = 'Audit1795370000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE auth.audit_records (
        organization_id uuid NOT NULL,
        seq bigint NOT NULL CHECK (seq > 0),
        id uuid NOT NULL,
        at timestamptz(3) NOT NULL,
        service text NOT NULL,
        action text NOT NULL,
        actor_id text NOT NULL,
        resource_type text NOT NULL,
        resource_id text NOT NULL,
        body text NOT NULL,
        hash bytea NOT NULL,
        PRIMARY KEY (organization_id, seq)
      )`);
    await runner.query('CREATE UNIQUE INDEX audit_records_id ON auth.audit_records (organization_id, id)');
    await runner.query('CREATE INDEX audit_records_action ON auth.audit_records (organization_id, action, seq)');
    await runner.query('CREATE INDEX audit_records_actor ON auth.audit_records (organization_id, actor_id, seq)');
    await runner.query(
      'CREATE INDEX audit_records_resource ON auth.audit_records (organization_id, resource_type, resource_id, seq)',
    );
    await runner.query('CREATE INDEX audit_records_at ON auth.audit_records (organization_id, at)');
    await runner.query(`
      CREATE TABLE auth.audit_heads (
        organization_id uuid PRIMARY KEY,
        seq bigint NOT NULL,
        hash bytea NOT NULL,
        signature bytea NOT NULL
      )`);
    await runner.query(`
      CREATE FUNCTION auth.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'the audit log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
          USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await runner.query(`
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON auth.audit_records
         FOR EACH ROW EXECUTE FUNCTION auth.refuse_audit_change()`);
    await runner.query(`
      CREATE TRIGGER head_goes_on BEFORE UPDATE ON auth.audit_heads
         FOR EACH ROW WHEN (NEW.seq <= OLD.seq OR NEW.organization_id <> OLD.organization_id)
         EXECUTE FUNCTION auth.refuse_audit_change()`);
    await runner.query(`
      CREATE TRIGGER head_stays BEFORE DELETE ON auth.audit_heads
         FOR EACH ROW EXECUTE FUNCTION auth.refuse_audit_change()`);
    for (const table of ['audit_records', 'audit_heads'])
      await runner.query(`
        CREATE TRIGGER never_emptied BEFORE TRUNCATE ON auth.${table}
           FOR EACH STATEMENT EXECUTE FUNCTION auth.refuse_audit_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE auth.audit_records, auth.audit_heads');
    await runner.query('DROP FUNCTION auth.refuse_audit_change()');
  }
}
