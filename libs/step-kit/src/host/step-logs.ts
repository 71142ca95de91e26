import type { TaskLog } from '@rpa/contracts';
import type { StepLog } from '../step/define-step.js';

const MAX_LINES = 100;
const MAX_CHARACTERS = 8_000;
const MAX_LINE = 1_000;

/** Keeps what one attempt logs until it is handed over; what is too much at once is counted and left out. */
export class StepLogs {
  private lines: TaskLog[] = [];
  private characters = 0;
  private omitted = 0;

  readonly log: StepLog = {
    debug: (message) => this.add('debug', message),
    info: (message) => this.add('info', message),
    warn: (message) => this.add('warn', message),
    error: (message) => this.add('error', message),
  };

  get hasLines(): boolean {
    return this.lines.length > 0;
  }

  /** The lines since the last time, masked; they are not kept any more. */
  take(mask: (text: string) => string): TaskLog[] {
    const lines = this.lines.map((line) => ({ ...line, message: mask(line.message) }));
    if (this.omitted > 0)
      lines.push({ at: Date.now(), level: 'warn', message: `${this.omitted} more lines were left out` });
    this.lines = [];
    this.characters = 0;
    this.omitted = 0;
    return lines;
  }

  /** They could not be handed over: they come first the next time, as far as there is room. */
  giveBack(lines: readonly TaskLog[]): void {
    const later = this.lines;
    this.lines = [];
    this.characters = 0;
    for (const line of [...lines, ...later]) this.keep(line);
  }

  private add(level: TaskLog['level'], message: string): void {
    this.keep({ at: Date.now(), level, message: String(message).slice(0, MAX_LINE) });
  }

  private keep(line: TaskLog): void {
    if (this.lines.length >= MAX_LINES || this.characters + line.message.length > MAX_CHARACTERS) {
      this.omitted++;
      return;
    }
    this.characters += line.message.length;
    this.lines.push(line);
  }
}
