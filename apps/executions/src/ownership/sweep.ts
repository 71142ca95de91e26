import type { Logger } from '@rpa/platform';
import type { EmptyInbox } from '../inbox/empty-inbox.js';
import type { InboxRepository } from '../inbox/inbox.repository.js';
import type { LeasesRepository } from '../lease/leases.repository.js';
import type { RunHost } from '../runs/run-host.js';
import type { ResumeRuns } from './resume-runs.js';
import type { Claimable, RunsRepository } from './runs.repository.js';

const EVERY_MS = 250;
const NEXT_BATCH_MS = 20;
const BATCH = 100;
const INBOX_LIMIT = 500;

export interface SweepParts {
  leases: LeasesRepository;
  runs: RunsRepository;
  inbox: InboxRepository;
  emptyInbox: EmptyInbox;
  resume: ResumeRuns;
  host: RunHost;
  logger: Logger;
  leaseMs: number;
  maxRuns: number;
  leaseId: () => string | null;
  onTakeOver: (leases: number) => void;
  onClaimed: (runs: number) => void;
}

/**
 * Looks for work that nobody does: runs of replicas that died, released runs, timers that are due, inboxes that nobody
 * empties. In small batches with jitter, so that the replicas share what one of them has left behind.
 */
export class Sweep {
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: SweepParts) {}

  start(): void {
    this.plan(NEXT_BATCH_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running;
  }

  private plan(pause: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(
      () => {
        this.running = this.round();
      },
      pause * (0.75 + Math.random() / 2),
    );
  }

  private async round(): Promise<void> {
    let full = false;
    try {
      full = await this.sweep();
    } catch (error) {
      this.parts.logger.warn({ err: error }, 'A sweep did not come to its end');
    }
    this.plan(full ? NEXT_BATCH_MS : EVERY_MS);
  }

  /** True when there is more than was taken. */
  private async sweep(): Promise<boolean> {
    const { leases, runs, resume, leaseMs, leaseId, onTakeOver, onClaimed } = this.parts;
    const own = leaseId();
    if (!own) return false;
    const taken = await leases.takeOverExpired(own, leaseMs);
    if (taken.length > 0) {
      this.parts.logger.warn({ replicas: taken }, 'Replicas have died; their runs are taken over');
      onTakeOver(taken.length);
    }
    const wanted = [...(await runs.claimable(BATCH)), ...(await this.ofInboxes(own))];
    const room = Math.min(BATCH, this.parts.maxRuns - this.parts.host.size - resume.waiting);
    if (wanted.length === 0 || room <= 0) return false;
    const claimed = await runs.claim(own, unique(wanted), room);
    if (claimed.length === 0) return false;
    onClaimed(claimed.length);
    await resume.execute(claimed);
    return claimed.length >= BATCH;
  }

  private async ofInboxes(own: string): Promise<Claimable[]> {
    const owners = await this.parts.inbox.owners(INBOX_LIMIT);
    await this.parts.emptyInbox.execute(owners.filter((run) => run.owner === own).map((run) => run.executionId));
    return owners.filter((run) => run.owner === null).map((run) => ({ id: run.executionId, former: null }));
  }
}

function unique(wanted: readonly Claimable[]): Claimable[] {
  return [...new Map(wanted.map((run) => [run.id, run])).values()];
}
