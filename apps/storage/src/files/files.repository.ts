import { Injectable } from '@nestjs/common';
import type { StoredFile } from '@rpa/contracts';
import { FileEntity } from '@rpa/entities/storage';
import { Database, TenantRepository, Transactions } from '@rpa/platform';

const COLUMNS = 'f.id, f.size, f.content_type AS "contentType", f.sha256';

/** Files of organizations and who refers to them. */
@Injectable()
export class FilesRepository {
  private readonly rows: TenantRepository<FileEntity>;

  constructor(
    private readonly database: Database,
    private readonly transactions: Transactions,
  ) {
    this.rows = new TenantRepository(transactions, FileEntity, 'file');
  }

  /** @throws `not_found` */
  async get(organizationId: string, id: string): Promise<StoredFile> {
    const { size, contentType, sha256 } = await this.rows.get(organizationId, id);
    return { id, size: Number(size), contentType, sha256 };
  }

  /**
   * Writes the row of a file and the reference of an execution to it. `place` puts the content where it belongs, under the
   * lock that keeps the collector away from it.
   */
  async add(
    organizationId: string,
    executionId: string,
    { id, size, contentType, sha256 }: StoredFile,
    place: () => Promise<void>,
  ): Promise<void> {
    await this.transactions.run(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [lockName(organizationId, sha256)]);
      await place();
      await manager.query(
        `INSERT INTO storage.files (id, organization_id, sha256, size, content_type) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET unreferenced_since = NULL, updated_at = now()`,
        [id, organizationId, sha256, size, contentType],
      );
      await manager.query(
        `INSERT INTO storage.file_references (file_id, organization_id, execution_id) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING`,
        [id, organizationId, executionId],
      );
    });
  }

  /** Those of the files that an execution refers to. */
  async referred(organizationId: string, executionId: string, ids: readonly string[]): Promise<StoredFile[]> {
    const { rows } = await this.database.pool.query<Omit<StoredFile, 'size'> & { size: string }>(
      `SELECT ${COLUMNS}
         FROM storage.file_references r JOIN storage.files f ON f.id = r.file_id AND f.organization_id = r.organization_id
        WHERE r.organization_id = $1 AND r.execution_id = $2 AND r.file_id = ANY ($3::uuid[])`,
      [organizationId, executionId, ids],
    );
    return rows.map((row) => ({ ...row, size: Number(row.size) }));
  }

  /** One execution refers to what another one refers to, all of it where no ids are given; tells how much of that is new. */
  async share(
    organizationId: string,
    executionId: string,
    from: string,
    ids: readonly string[] | null,
  ): Promise<number> {
    return this.transactions.run(async (manager) => {
      const shared = await manager.query<{ file_id: string }[]>(
        `INSERT INTO storage.file_references (file_id, organization_id, execution_id)
         SELECT file_id, organization_id, $2::uuid FROM storage.file_references
          WHERE organization_id = $1 AND execution_id = $3 AND ($4::uuid[] IS NULL OR file_id = ANY ($4::uuid[]))
         ON CONFLICT DO NOTHING RETURNING file_id`,
        [organizationId, executionId, from, ids],
      );
      await manager.query(
        `UPDATE storage.files SET unreferenced_since = NULL
          WHERE organization_id = $1 AND id = ANY ($2::uuid[]) AND unreferenced_since IS NOT NULL`,
        [organizationId, shared.map((row) => row.file_id)],
      );
      return shared.length;
    });
  }

  /** Executions refer to nothing any more; gives how many references are gone. */
  async release(organizationId: string, executionIds: readonly string[]): Promise<number> {
    return this.transactions.run(async (manager) => {
      const [gone] = await manager.query<[{ file_id: string }[], number]>(
        `DELETE FROM storage.file_references WHERE organization_id = $1 AND execution_id = ANY ($2::uuid[])
         RETURNING file_id`,
        [organizationId, executionIds],
      );
      await manager.query(
        `UPDATE storage.files f SET unreferenced_since = now()
          WHERE f.organization_id = $1 AND f.id = ANY ($2::uuid[]) AND f.unreferenced_since IS NULL
            AND NOT EXISTS (SELECT FROM storage.file_references r WHERE r.file_id = f.id)`,
        [organizationId, [...new Set(gone.map((row) => row.file_id))]],
      );
      return gone.length;
    });
  }
}

/** What everybody locks who places or removes this content. */
export function lockName(organizationId: string, sha256: string): string {
  return `storage ${organizationId} ${sha256}`;
}
