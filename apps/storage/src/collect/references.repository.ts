import { Injectable } from '@nestjs/common';
import { Database, sqlState } from '@rpa/platform';
import { lockName } from '../files/files.repository.js';

const FOREIGN_KEY_VIOLATION = '23503';

export interface UnreferencedFile {
  id: string;
  organizationId: string;
  sha256: string;
}

/** What the collector needs of all organizations: age alone decides what is looked at. */
@Injectable()
export class ReferencesRepository {
  constructor(private readonly database: Database) {}

  /** Executions whose existence was not looked at for so long, by organization. */
  async due(olderThanMs: number, limit: number): Promise<Map<string, string[]>> {
    const { rows } = await this.database.pool.query<{ organization_id: string; execution_id: string }>(
      `SELECT organization_id, execution_id FROM storage.file_references
        WHERE checked_at < now() - $1 * interval '1 millisecond' ORDER BY checked_at LIMIT $2`,
      [olderThanMs, limit],
    );
    const due = new Map<string, Set<string>>();
    for (const row of rows)
      due.set(row.organization_id, (due.get(row.organization_id) ?? new Set<string>()).add(row.execution_id));
    return new Map([...due].map(([organizationId, ids]) => [organizationId, [...ids]]));
  }

  /** These executions exist, as of now. */
  async confirm(organizationId: string, executionIds: readonly string[]): Promise<void> {
    await this.database.pool.query(
      `UPDATE storage.file_references SET checked_at = now()
        WHERE organization_id = $1 AND execution_id = ANY ($2::uuid[])`,
      [organizationId, executionIds],
    );
  }

  /** Files that nobody has referred to for so long. */
  async unreferenced(olderThanMs: number, limit: number): Promise<UnreferencedFile[]> {
    const { rows } = await this.database.pool.query<UnreferencedFile>(
      `SELECT id, organization_id AS "organizationId", sha256 FROM storage.files
        WHERE unreferenced_since < now() - $1 * interval '1 millisecond' ORDER BY unreferenced_since LIMIT $2`,
      [olderThanMs, limit],
    );
    return rows;
  }

  /**
   * Deletes the row unless somebody refers to the file by now. When no row needs the content any more, `remove` takes it
   * away after the commit: content without a row is found again, a row without content would be a loss.
   */
  async forget(file: UnreferencedFile, olderThanMs: number, remove: () => Promise<void>): Promise<boolean> {
    return this.locked(file, async (query) => {
      const deleted = await query<{ id: string }>(
        `DELETE FROM storage.files f
          WHERE f.organization_id = $1 AND f.id = $2 AND f.unreferenced_since < now() - $3 * interval '1 millisecond'
            AND NOT EXISTS (SELECT FROM storage.file_references r WHERE r.file_id = f.id) RETURNING f.id`,
        [file.organizationId, file.id, olderThanMs],
      ).catch((error: unknown) => {
        // Somebody began to refer to it at this moment.
        if (sqlState(error) === FOREIGN_KEY_VIOLATION) return [];
        throw error;
      });
      if (deleted.length === 0) {
        await query(
          `UPDATE storage.files f SET unreferenced_since = NULL
            WHERE f.organization_id = $1 AND f.id = $2
              AND EXISTS (SELECT FROM storage.file_references r WHERE r.file_id = f.id)`,
          [file.organizationId, file.id],
        );
        return false;
      }
      const others = await query('SELECT id FROM storage.files WHERE organization_id = $1 AND sha256 = $2 LIMIT 1', [
        file.organizationId,
        file.sha256,
      ]);
      if (others.length === 0) await remove();
      return true;
    });
  }

  /** Takes content away that no row knows: what was placed when the commit of its row did not happen. */
  async removeUnknown(
    organizationId: string,
    sha256s: readonly string[],
    remove: (sha256: string) => Promise<void>,
  ): Promise<number> {
    const { rows } = await this.database.pool.query<{ sha256: string }>(
      'SELECT DISTINCT sha256 FROM storage.files WHERE organization_id = $1 AND sha256 = ANY ($2::text[])',
      [organizationId, sha256s],
    );
    const known = new Set(rows.map((row) => row.sha256));
    let removed = 0;
    for (const sha256 of sha256s.filter((each) => !known.has(each)))
      await this.locked({ organizationId, sha256 }, async (query) => {
        const [row] = await query('SELECT id FROM storage.files WHERE organization_id = $1 AND sha256 = $2 LIMIT 1', [
          organizationId,
          sha256,
        ]);
        if (row) return;
        await remove(sha256);
        removed++;
      });
    return removed;
  }

  /** Runs alone among all who place or remove this content. */
  private async locked<T>(
    { organizationId, sha256 }: { organizationId: string; sha256: string },
    work: (query: <Row extends object>(text: string, values: unknown[]) => Promise<Row[]>) => Promise<T>,
  ): Promise<T> {
    const client = await this.database.pool.connect();
    const name = lockName(organizationId, sha256);
    try {
      await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]);
      try {
        return await work(async <Row extends object>(text: string, values: unknown[]) => {
          return (await client.query<Row>(text, values)).rows;
        });
      } finally {
        await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]);
      }
    } finally {
      client.release();
    }
  }
}
