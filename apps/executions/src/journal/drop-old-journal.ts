import type { Logger } from '@rpa/platform';
import type { Pool } from 'pg';
import { idAt, weekOf } from './journal-partitions.js';

const DAY_MS = 86_400_000;
/** A statement that waits for a lock makes everybody else wait behind it; it is tried again in an hour. */
const LOCK_TIMEOUT = '2s';

/**
 * Drops the journal of whole weeks when every run that began in them has ended longer ago than `days`. The summary rows
 * stay. Returns the names of what was dropped.
 */
export async function dropOldJournal(pool: Pool, now: number, days: number, logger: Logger): Promise<string[]> {
  const before = now - days * DAY_MS;
  const { rows } = await pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'executions.journal'::regclass ORDER BY c.relname`,
  );
  const dropped: string[] = [];
  for (const { name } of rows) {
    const week = weekOf(name);
    if (!week || week.to > before) continue;
    if (!(await isOver(pool, week, before))) continue;
    await drop(pool, name, week);
    logger.info({ partition: name }, 'A week of journal was dropped');
    dropped.push(name);
  }
  return dropped;
}

interface Week {
  from: number;
  to: number;
}

/** Of the whole system: a partition belongs to all organizations. A legal hold on any run of it keeps it whole. */
async function isOver(pool: Pool, { from, to }: Week, before: number): Promise<boolean> {
  const { rows } = await pool.query(
    `SELECT FROM executions.executions e
      WHERE id >= $1::uuid AND id < $2::uuid AND (completed_at IS NULL OR completed_at > $3::timestamptz OR EXISTS (
          SELECT FROM executions.legal_holds h
           WHERE h.organization_id = e.organization_id AND h.deleted_at IS NULL
             AND (h.workflow_id IS NULL OR h.workflow_id = e.workflow_id)
             AND (h.execution_id IS NULL OR h.execution_id = e.id))
          OR EXISTS (SELECT FROM executions.adoptions a
                      WHERE a.organization_id = e.organization_id AND a.source_id = e.id)) LIMIT 1`,
    [idAt(from), idAt(to), new Date(before).toISOString()],
  );
  return rows.length === 0;
}

async function drop(pool: Pool, name: string, { from, to }: Week): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
    await client.query('DELETE FROM executions.snapshots WHERE execution_id >= $1::uuid AND execution_id < $2::uuid', [
      idAt(from),
      idAt(to),
    ]);
    for (const table of [name, name.replace('journal', 'logs')])
      await client.query(`DROP TABLE IF EXISTS executions.${client.escapeIdentifier(table)}`);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
