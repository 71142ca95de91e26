import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '@rpa/platform';
import { FireDue } from '../../schedules/fire-due.js';
import type { SharedSource } from '../trigger-source.js';

/** How long a schedule that another replica has just made may go unseen. */
const LOOK_EVERY_MS = 100;
const MIN_IDLE_MS = 2;
const RETRY_MS = 500;

/** Looks for what is due as long as the service runs. Every replica does; the database decides who fires what. */
@Injectable()
export class RunSchedules implements SharedSource {
  private running: Promise<void> | null = null;
  private stopped = false;
  private reason: string | null = 'nothing has been looked at yet';
  private wake: () => void = () => undefined;

  constructor(
    private readonly due: FireDue,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
  }

  status(): { ok: boolean; reason?: string; lag: number | null } {
    return this.reason === null ? { ok: true, lag: null } : { ok: false, reason: this.reason, lag: null };
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      let waitMs = 0;
      try {
        const { more, idleMs } = await this.due.execute();
        this.reason = null;
        waitMs = more ? 0 : Math.min(LOOK_EVERY_MS, Math.max(MIN_IDLE_MS, idleMs));
      } catch (error) {
        this.reason = error instanceof Error ? error.message : String(error);
        this.logger.warn({ err: error }, 'Schedules that are due could not be fired; trying again');
        waitMs = RETRY_MS;
      }
      if (waitMs > 0 && !this.stopped) await this.pause(waitMs);
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
