import type { Logger } from '@rpa/platform';

/** Does something again and again, never twice at once: after a pause, or at once when somebody knows that there is work. */
export class Rounds {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private woken = false;
  private stopped = true;

  constructor(
    private readonly everyMs: number,
    /** True: there is more to do. */
    private readonly work: () => Promise<boolean>,
    private readonly logger: Logger,
    private readonly name: string,
  ) {}

  get stopping(): boolean {
    return this.stopped;
  }

  start(): void {
    this.stopped = false;
    this.wake();
  }

  wake(): void {
    this.woken = true;
    if (this.stopped || this.running) return;
    if (this.timer) clearTimeout(this.timer);
    this.running = this.round().finally(() => {
      this.running = null;
      if (this.stopped) return;
      if (this.woken) this.wake();
      else this.timer = setTimeout(() => this.wake(), this.everyMs * (0.75 + Math.random() / 2)).unref();
    });
  }

  /** Resolves when the round that is under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running;
  }

  private async round(): Promise<void> {
    this.woken = false;
    try {
      if (await this.work()) this.woken = true;
    } catch (error) {
      this.logger.warn({ err: error, round: this.name }, 'A round did not come to its end; it is tried again');
    }
  }
}
