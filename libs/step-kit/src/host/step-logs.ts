import type { TaskLog } from '@rpa/contracts';
import type { StepLog } from '../step/define-step.js';

const MAX_LINES = 100;
const MAX_CHARACTERS = 8_000;
const MAX_LINE = 1_000;

/** Collects what one attempt logs; what is too much is counted and left out. */
export class StepLogs {
  private readonly lines: TaskLog[] = [];
  private characters = 0;
  private omitted = 0;

  readonly log: StepLog = {
    debug: (message) => this.add('debug', message),
    info: (message) => this.add('info', message),
    warn: (message) => this.add('warn', message),
    error: (message) => this.add('error', message),
  };

  /** Undefined when nothing was logged. */
  collected(mask: (text: string) => string): TaskLog[] | undefined {
    if (this.lines.length === 0) return undefined;
    const lines = this.lines.map((line) => ({ ...line, message: mask(line.message) }));
    if (this.omitted > 0)
      lines.push({ at: Date.now(), level: 'warn', message: `${this.omitted} more lines were left out` });
    return lines;
  }

  private add(level: TaskLog['level'], message: string): void {
    const text = String(message).slice(0, MAX_LINE);
    if (this.lines.length >= MAX_LINES || this.characters + text.length > MAX_CHARACTERS) {
      this.omitted++;
      return;
    }
    this.characters += text.length;
    this.lines.push({ at: Date.now(), level, message: text });
  }
}
