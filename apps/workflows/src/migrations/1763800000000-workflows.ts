import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Workflows1763800000000 implements MigrationInterface {
  name = 'Workflows1763800000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE workflows.workflows (
        id uuid PRIMARY KEY,
        organization_id uuid NOT NULL,
        name text NOT NULL,
        key text NOT NULL,
        description text NOT NULL DEFAULT '',
        status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'archived')),
        revision int NOT NULL DEFAULT 1,
        published_version int,
        draft json NOT NULL,
        created_by uuid,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        deleted_at timestamptz(3),
        CHECK ((status = 'published') = (published_version IS NOT NULL))
      )`);
    await runner.query(
      'CREATE UNIQUE INDEX workflows_key ON workflows.workflows (organization_id, key) WHERE deleted_at IS NULL',
    );
    await runner.query(
      'CREATE INDEX workflows_list ON workflows.workflows (organization_id, id DESC) WHERE deleted_at IS NULL',
    );
    await runner.query(
      'CREATE INDEX workflows_status ON workflows.workflows (organization_id, status, id DESC) WHERE deleted_at IS NULL',
    );
    await runner.query(`
      CREATE TABLE workflows.workflow_versions (
        id uuid PRIMARY KEY,
        organization_id uuid NOT NULL,
        workflow_id uuid NOT NULL REFERENCES workflows.workflows (id),
        number int NOT NULL CHECK (number >= 0),
        definition json NOT NULL,
        step_types json NOT NULL,
        hash text NOT NULL,
        created_by uuid,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        deleted_at timestamptz(3)
      )`);
    await runner.query(
      'CREATE UNIQUE INDEX workflow_versions_number ON workflows.workflow_versions (workflow_id, number) WHERE number > 0',
    );
    await runner.query(
      'CREATE UNIQUE INDEX workflow_versions_draft ON workflows.workflow_versions (workflow_id, hash) WHERE number = 0',
    );
    await runner.query(
      'CREATE INDEX workflow_versions_list ON workflows.workflow_versions (organization_id, workflow_id, id DESC)',
    );
    await runner.query(`
      CREATE FUNCTION workflows.refuse_version_update() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'workflow versions are immutable' USING ERRCODE = 'restrict_violation';
      END $$`);
    await runner.query(`
      CREATE TRIGGER workflow_versions_immutable BEFORE UPDATE ON workflows.workflow_versions
        FOR EACH ROW EXECUTE FUNCTION workflows.refuse_version_update()`);
    await runner.query(`
      CREATE TABLE workflows.step_types (
        type text PRIMARY KEY,
        source text NOT NULL,
        version int NOT NULL,
        descriptor json NOT NULL,
        last_seen timestamptz(3) NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX step_types_source ON workflows.step_types (source)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE workflows.step_types, workflows.workflow_versions, workflows.workflows');
    await runner.query('DROP FUNCTION workflows.refuse_version_update()');
  }
}
