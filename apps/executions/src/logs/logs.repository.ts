import { LOG_LEVELS, MAX_LOG_LINES, type LogLevel, type LogLine } from '@rpa/contracts';
import type { Pool } from 'pg';

/** A line on its way into the table. */
export interface NewLine {
  executionId: string;
  organizationId: string;
  /** Epoch milliseconds. */
  at: number;
  level: LogLevel;
  path: string;
  attempt: number;
  message: string;
}

export interface LogFilter {
  level?: LogLevel;
  path?: string;
  search?: string;
}

interface LogRow {
  id: string;
  at: Date;
  level: number;
  path: string;
  attempt: number;
  message: string;
}

/** Lines that executions write. */
export class LogsRepository {
  constructor(private readonly pool: Pool) {}

  /**
   * Writes lines in their order, of each execution at most {@link MAX_LOG_LINES} in all; those beyond are only counted.
   * Lines of executions that do not exist, or not in this organization, are left out.
   */
  async append(lines: readonly NewLine[]): Promise<void> {
    const column = <T>(read: (line: NewLine) => T): T[] => lines.map(read);
    await this.pool.query(
      `WITH known AS MATERIALIZED (
         SELECT i.*, row_number() OVER (PARTITION BY i.execution_id ORDER BY i.place) AS turn,
                count(*) OVER (PARTITION BY i.execution_id) AS turns
           FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::smallint[], $5::text[], $6::int[], $7::text[])
                WITH ORDINALITY AS i (execution_id, organization_id, at, level, path, attempt, message, place)
           JOIN executions.executions e ON e.id = i.execution_id AND e.organization_id = i.organization_id
       ), sized AS (
         INSERT INTO executions.log_sizes AS s (execution_id, organization_id, lines)
         SELECT DISTINCT execution_id, organization_id, turns::int FROM known ORDER BY execution_id
         ON CONFLICT (execution_id) DO UPDATE SET lines = s.lines + excluded.lines
         RETURNING s.execution_id, s.lines
       )
       INSERT INTO executions.logs (execution_id, organization_id, at, level, path, attempt, message)
       SELECT k.execution_id, k.organization_id, k.at, k.level, k.path, k.attempt, k.message
         FROM known k JOIN sized s ON s.execution_id = k.execution_id
        WHERE s.lines - k.turns + k.turn <= $8::int ORDER BY k.place`,
      [
        column((line) => line.executionId),
        column((line) => line.organizationId),
        column((line) => new Date(line.at).toISOString()),
        column((line) => LOG_LEVELS.indexOf(line.level)),
        column((line) => line.path),
        column((line) => line.attempt),
        column((line) => line.message),
        MAX_LOG_LINES,
      ],
    );
  }

  /** Lines after the one with this id, in the order in which they came in. */
  async page(
    organizationId: string,
    executionId: string,
    { level, path, search }: LogFilter,
    { after, limit }: { after: number; limit: number },
  ): Promise<(LogLine & { id: number })[]> {
    const { rows } = await this.pool.query<LogRow>(
      `SELECT id, at, level, path, attempt, message FROM executions.logs
        WHERE organization_id = $1::uuid AND execution_id = $2::uuid AND id > $3::bigint
          AND level >= $4::smallint
          AND ($5::text IS NULL OR path = $5::text OR starts_with(path, $5::text || '.'))
          AND ($6::text IS NULL OR position(lower($6::text) IN lower(message)) > 0)
        ORDER BY id LIMIT $7::int`,
      [organizationId, executionId, after, LOG_LEVELS.indexOf(level ?? 'debug'), path ?? null, search ?? null, limit],
    );
    return rows.map((row) => ({
      id: Number(row.id),
      at: row.at.toISOString(),
      level: LOG_LEVELS[row.level] ?? 'info',
      path: row.path,
      attempt: row.attempt,
      message: row.message,
    }));
  }

  /** Lines that an execution wrote and that are not kept. */
  async omitted(organizationId: string, executionId: string): Promise<number> {
    const { rows } = await this.pool.query<{ lines: number }>(
      'SELECT lines FROM executions.log_sizes WHERE organization_id = $1::uuid AND execution_id = $2::uuid',
      [organizationId, executionId],
    );
    return Math.max(0, (rows[0]?.lines ?? 0) - MAX_LOG_LINES);
  }
}
