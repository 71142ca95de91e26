import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '@rpa/platform';
import { v4 as uuidv4 } from 'uuid';
import { RunSource } from './run-source.js';
import { TriggerSourcesRepository, type ClaimedSource } from './trigger-sources.repository.js';

const LEASE_MS = 10_000;
const RENEW_MS = 2_500;
const SWEEP_MS = 500;
/** Sources that one replica works on at once. */
const MAX_RUNNING = 200;
const BATCH = 20;

interface Running {
  claimed: ClaimedSource;
  abort: AbortController;
  done: Promise<void>;
}

/** Works on the sources of triggers, each on one replica at a time: claims what is due, keeps its leases, lets go what it lost. */
@Injectable()
export class RunSources {
  private readonly running = new Map<string, Running>();
  private readonly timers: NodeJS.Timeout[] = [];
  private claiming: Promise<void> | null = null;
  private renewedAt = performance.now();
  private stopped = false;

  constructor(
    private readonly sources: TriggerSourcesRepository,
    private readonly one: RunSource,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  start(): void {
    this.timers.push(setInterval(() => this.wake(), SWEEP_MS));
    this.timers.push(setInterval(() => void this.renew(), RENEW_MS));
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    await this.claiming;
    for (const { abort } of this.running.values()) abort.abort();
    await Promise.all([...this.running.values()].map(({ done }) => done));
  }

  wake(): void {
    if (this.stopped) return;
    this.claiming ??= this.claim().finally(() => (this.claiming = null));
  }

  private async claim(): Promise<void> {
    try {
      for (let free = this.free(); free > 0 && !this.stopped; free = this.free()) {
        const claimed = await this.sources.claim(uuidv4, Math.min(free, BATCH), LEASE_MS);
        for (const source of claimed) this.begin(source);
        if (claimed.length < BATCH) return;
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'Sources of events could not be claimed; trying again');
    }
  }

  private begin(claimed: ClaimedSource): void {
    const abort = new AbortController();
    const done = this.one
      .execute(claimed, abort.signal)
      .catch((error: unknown) => this.logger.warn({ err: error }, 'A source of events could not be given back'))
      .finally(() => this.running.delete(claimed.lease));
    this.running.set(claimed.lease, { claimed, abort, done });
  }

  private async renew(): Promise<void> {
    const asked = [...this.running.keys()];
    try {
      const kept = asked.length > 0 ? await this.sources.renew(asked, LEASE_MS) : new Set<string>();
      this.renewedAt = performance.now();
      for (const lease of asked) if (!kept.has(lease)) this.running.get(lease)?.abort.abort();
    } catch (error) {
      this.logger.warn({ err: error }, 'Leases of sources could not be renewed');
      // Somebody else may have them by now; their commits would be refused, but connections need not stay doubled.
      if (performance.now() - this.renewedAt > LEASE_MS) for (const { abort } of this.running.values()) abort.abort();
    }
  }

  private free(): number {
    return MAX_RUNNING - this.running.size;
  }
}
