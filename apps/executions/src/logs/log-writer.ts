import { LOG_LEVELS, MAX_LOG_LINE, type LogBatch, type LogLevel, type TaskResult } from '@rpa/contracts';
import { isDatabaseAway, type Logger } from '@rpa/platform';
import type { LogsRepository, NewLine } from './logs.repository.js';

const FLUSH_EVERY_MS = 200;
const LINES_AT_ONCE = 1_000;
/** Lines in memory at most: a database that is away must not fill it. */
const MAX_WAITING = 20_000;

/** Takes in what executions write and puts it into the table in batches: nobody waits for a log line. */
export class LogWriter {
  private waiting: NewLine[] = [];
  private dropped = 0;
  private timer: NodeJS.Timeout | null = null;
  private flushing: Promise<void> | null = null;

  constructor(
    private readonly logs: LogsRepository,
    private readonly logger: Logger,
  ) {}

  /** What is no line is left out: workers are written by others. */
  add({ lines, ...where }: LogBatch): void {
    if (!Array.isArray(lines)) return;
    for (const line of lines) {
      const read = readLine(line);
      if (!read) continue;
      if (this.waiting.length >= MAX_WAITING) this.dropped++;
      else this.waiting.push({ ...where, ...read });
    }
    if (this.waiting.length > 0) this.timer ??= setTimeout(() => void this.flush(), FLUSH_EVERY_MS).unref();
  }

  /** The lines that came with a step's result. */
  addOf({ id: executionId, organizationId }: { id: string; organizationId: string }, result: TaskResult): void {
    const { path, attempt, logs } = result;
    if (logs) this.add({ executionId, organizationId, path, attempt, lines: logs });
  }

  /** Writes what is there; resolves when it is in the table or the database is away. */
  flush(): Promise<void> {
    this.flushing ??= this.write().finally(() => {
      this.flushing = null;
      if (this.waiting.length > 0) this.timer ??= setTimeout(() => void this.flush(), FLUSH_EVERY_MS).unref();
    });
    return this.flushing;
  }

  private async write(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.tellDropped();
    while (this.waiting.length > 0) {
      const lines = this.waiting.splice(0, LINES_AT_ONCE);
      try {
        await this.logs.append(lines);
      } catch (error) {
        if (isDatabaseAway(error)) {
          this.waiting.unshift(...lines);
          return;
        }
        this.logger.error({ err: error, lines: lines.length }, 'Log lines of executions could not be written');
      }
    }
  }

  private tellDropped(): void {
    if (this.dropped === 0) return;
    this.logger.warn({ lines: this.dropped }, 'Log lines of executions were dropped: too many waited to be written');
    this.dropped = 0;
  }
}

function readLine(line: unknown): Pick<NewLine, 'at' | 'level' | 'message'> | null {
  const { at, level, message } = (line ?? {}) as { at?: unknown; level?: unknown; message?: unknown };
  if (typeof message !== 'string' || !LOG_LEVELS.includes(level as LogLevel)) return null;
  const time = typeof at === 'number' && at > 0 && at < 8e15 ? at : Date.now();
  // PostgreSQL text holds no NUL.
  return { at: time, level: level as LogLevel, message: message.replaceAll('\0', '').slice(0, MAX_LOG_LINE) };
}
