import type { Pool } from 'pg';

const WEEK_MS = 7 * 86_400_000;
/** A Monday. */
const EPOCH_MS = Date.UTC(2024, 0, 1);
const AHEAD = 3;
/** Both of an execution's id: its journal and its log lie in weeks of the same range. */
const TABLES = ['journal', 'logs'];

/**
 * Creates the partitions of this week and the next ones. Ids are UUIDv7 and so begin with the time: a week of journal or log is
 * a range of ids, and old weeks can be dropped whole. What fits nowhere goes to the default partition.
 */
export async function ensurePartitions(pool: Pool, now: number): Promise<void> {
  const first = Math.floor((now - EPOCH_MS) / WEEK_MS);
  for (let week = first; week < first + AHEAD; week++) {
    const from = EPOCH_MS + week * WEEK_MS;
    const day = new Date(from).toISOString().slice(0, 10).replaceAll('-', '');
    for (const table of TABLES) await createPartition(pool, table, day, idAt(from), idAt(from + WEEK_MS));
  }
}

async function createPartition(pool: Pool, table: string, day: string, from: string, to: string): Promise<void> {
  const name = `${table}_${day}`;
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('rpa-executions-partitions'))`);
    const { rows } = await client.query('SELECT 1 FROM pg_class WHERE oid = to_regclass($1)', [`executions.${name}`]);
    if (rows.length === 0)
      await client.query(
        `CREATE TABLE executions.${client.escapeIdentifier(name)} PARTITION OF executions.${table}
           FOR VALUES FROM (${client.escapeLiteral(from)}) TO (${client.escapeLiteral(to)})`,
      );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/** The time whose runs a partition holds; null when its name is none of a week. */
export function weekOf(name: string): { from: number; to: number } | null {
  const [, year, month, day] = /^journal_(\d{4})(\d{2})(\d{2})$/.exec(name) ?? [];
  if (!year) return null;
  const from = Date.UTC(Number(year), Number(month) - 1, Number(day));
  return { from, to: from + WEEK_MS };
}

/** The smallest UUIDv7 of a moment. */
export function idAt(at: number): string {
  const hex = Math.max(0, at).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
