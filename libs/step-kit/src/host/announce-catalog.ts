import { AppError, announceStepTypes } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import { descriptorOf, type Step } from '../step/define-step.js';
import type { HostIdentity, HostLogger } from './host-options.js';

const REPEAT_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 5_000;

/** Keeps the step types in the catalog: tells them until it is answered, every 30 s, and when NATS came back. */
export class CatalogAnnouncer {
  private timer: NodeJS.Timeout | null = null;
  private pauseMs = FIRST_PAUSE_MS;
  private answered = false;
  private running: Promise<void> | null = null;
  private closed = false;

  constructor(
    private readonly means: { bus: Bus; identity: HostIdentity; logger: HostLogger },
    private readonly source: string,
    private readonly steps: readonly Step[],
  ) {
    this.announce();
  }

  /** Whether the catalog has answered at least once. */
  get isKnown(): boolean {
    return this.answered;
  }

  /** Tells them now. */
  announce(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.running ??= this.tell().then((pause) => {
      this.running = null;
      if (!this.closed) this.timer = setTimeout(() => this.announce(), pause);
    });
  }

  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
  }

  private async tell(): Promise<number> {
    const { bus, identity, logger } = this.means;
    try {
      const principal = await identity.serviceToken();
      const types = this.steps.map(descriptorOf);
      await bus.request(announceStepTypes, { source: this.source, types }, { principal, timeoutMs: 5_000 });
      this.answered = true;
      this.pauseMs = FIRST_PAUSE_MS;
      return REPEAT_MS;
    } catch (error) {
      const pause = this.pauseMs;
      this.pauseMs = Math.min(MAX_PAUSE_MS, pause * 2);
      const reason = error instanceof Error ? error.message : String(error);
      const passing = AppError.is(error) && ['unavailable', 'timeout', 'overloaded'].includes(error.code);
      if (!passing) logger.error({ reason }, 'The catalog refused the step types');
      else if (pause === MAX_PAUSE_MS) logger.warn({ reason }, 'The catalog does not answer yet');
      return passing ? pause : MAX_PAUSE_MS;
    }
  }
}
