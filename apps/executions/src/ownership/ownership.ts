import type { Logger } from '@rpa/platform';
import type { GroupCommit } from '../commit/group-commit.js';
import { Heartbeat } from '../lease/heartbeat.js';
import type { LeasesRepository } from '../lease/leases.repository.js';

const RETRY_MS = 200;

export interface OwnershipParts {
  leases: LeasesRepository;
  commits: GroupCommit;
  logger: Logger;
  replica: string;
  databaseUrl: string;
  leaseMs: number;
  /** Every run in memory belongs to others now. */
  dropRuns: () => void;
}

/** This replica's right to write: one lease at a time. When it is lost, everything is dropped and a new one is taken. */
export class Ownership {
  private heartbeat: Heartbeat | null = null;
  private stopped = false;
  private retaking: Promise<void> = Promise.resolve();
  leaseId: string | null = null;

  constructor(private readonly parts: OwnershipParts) {}

  async take(): Promise<void> {
    const { leases, commits, replica, databaseUrl, leaseMs } = this.parts;
    const leaseId = await leases.take(replica, leaseMs);
    const heartbeat = new Heartbeat({ url: databaseUrl, leaseId, leaseMs, onLost: () => commits.fence(leaseId) });
    try {
      await Promise.all([heartbeat.begun, commits.open(leaseId)]);
    } catch (error) {
      await heartbeat.stop();
      throw error;
    }
    this.heartbeat = heartbeat;
    this.leaseId = leaseId;
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

  private async retake(heartbeat: Heartbeat | null, lostLeaseId: string): Promise<void> {
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
