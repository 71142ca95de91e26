import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `CREATE TABLE storage.files (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    sha256 text NOT NULL,
    size bigint NOT NULL,
    content_type text NOT NULL,
    unreferenced_since timestamptz,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    deleted_at timestamptz(3)
  )`,
  'CREATE INDEX files_content ON storage.files (organization_id, sha256)',
  'CREATE INDEX files_unreferenced ON storage.files (unreferenced_since) WHERE unreferenced_since IS NOT NULL',
  // The key keeps a file from being collected as long as somebody refers to it, whoever comes at the same moment.
  `CREATE TABLE storage.file_references (
    file_id uuid NOT NULL REFERENCES storage.files (id),
    organization_id uuid NOT NULL,
    execution_id uuid NOT NULL,
    checked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (file_id, execution_id)
  )`,
  'CREATE INDEX file_references_execution ON storage.file_references (organization_id, execution_id)',
  'CREATE INDEX file_references_checked ON storage.file_references (checked_at)',
];

export class Storage1764400000000 implements MigrationInterface {
  name = 'Storage1764400000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE storage.file_references');
    await runner.query('DROP TABLE storage.files');
  }
}
