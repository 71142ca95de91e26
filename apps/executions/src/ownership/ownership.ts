import type { Logger } from '@rpa/platform';
import type { GroupCommit } from '../commit/group-commit.js';
import { Heartbeat, type HeartbeatOptions } from '../lease/heartbeat.js';
import type { LeasesRepository } from '../lease/leases.repository.js';

const RETRY_MS = 200;

export interface OwnershipParts {
  leases: LeasesRepository;
  commits: GroupCommit;
  logger: Logger;
  replica: string;
  databaseUrl: string;
  leaseMs: number;
  /** For tests. */
  startHeartbeat?: (options: HeartbeatOptions) => Pick<Heartbeat, 'begun' | 'stop'>;
  /** Every run in memory belongs to others now. */
  dropRuns: () => void;
}

/** This replica's right to write: one lease at a time. When it is lost, everything is dropped and a new one is taken. */
export class Ownership {
  private heartbeat: Pick<Heartbeat, 'stop'> | null = null;
  private stopped = false;
  private retaking: Promise<void> = Promise.resolve();
  leaseId: string | null = null;

  constructor(private readonly parts: OwnershipParts) {}

  async take(): Promise<void> {
    const {
      leases,
      commits,
      replica,
      databaseUrl,
      leaseMs,
      startHeartbeat = (options) => new Heartbeat(options),
    } = this.parts;
    const leaseId = await leases.take(replica, leaseMs);
    let isLost = false;
    const heartbeat = startHeartbeat({
      url: databaseUrl,
      leaseId,
      leaseMs,
      onLost: () => {
        isLost = true;
        this.end(leaseId);
      },
    });
    try {
      await Promise.all([heartbeat.begun, commits.connect()]);
      if (isLost) throw new Error('The lease was lost before anything could be written in its name.');
    } catch (error) {
      await heartbeat.stop();
      throw error;
    }
    this.heartbeat = heartbeat;
    this.leaseId = leaseId;
    // Not before: what is written in the name of a lease must be dropped when that is lost.
    commits.open(leaseId);
  }

  private end(leaseId: string): void {
    this.parts.commits.fence(leaseId);
    this.lost(leaseId);
  }

  /** The lease is gone: whoever took it over goes on with the runs. */
  lost(leaseId: string): void {
    if (this.leaseId !== leaseId) return;
    this.leaseId = null;
    this.parts.logger.warn({ leaseId }, 'The lease is lost; all runs are dropped and a new lease is taken');
    this.parts.dropRuns();
    const heartbeat = this.heartbeat;
    this.heartbeat = null;
    this.retaking = this.retake(heartbeat, leaseId);
  }

  /** Hands everything to the other replicas at once. */
  async giveBack(): Promise<void> {
    this.stopped = true;
    await this.retaking;
    const { leaseId } = this;
    this.leaseId = null;
    await this.heartbeat?.stop();
    if (leaseId === null) return;
    this.parts.dropRuns();
    await this.parts.leases.giveBack(leaseId);
  }

  private async retake(heartbeat: Pick<Heartbeat, 'stop'> | null, lostLeaseId: string): Promise<void> {
    await heartbeat?.stop();
    while (!this.stopped && this.leaseId === null) {
      try {
        // It may only have expired: then nobody else ends it before its time.
        await this.parts.leases.giveBack(lostLeaseId);
        await this.take();
      } catch (error) {
        this.parts.logger.warn({ err: error }, 'No new lease yet');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}
