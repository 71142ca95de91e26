import { AppError } from '@rpa/contracts';
import type { Logger } from '@rpa/platform';
import type { QuotaLimits, Quotas } from './quotas.js';
import type { QueuedStarts, UsageRepository } from './usage.repository.js';

const MINUTE_MS = 60_000;
const COUNT_AGAIN_MS = 1_000;
const FULL_COUNT_AGAIN_MS = 200;
const QUEUE_RETRY_S = 5;
/** So that one organization never fills the memory of a replica alone. */
const SHARE = 0.5;

interface Minute {
  startedAt: number;
  /** Let through by this replica in this minute. */
  own: number;
  /** Of all replicas, when it was counted last, and what this one has let through since. */
  counted: number;
  since: number;
  countedAt: number;
}

export interface IntakeParts {
  quotas: Quotas;
  usage: UsageRepository;
  logger: Logger;
  maxRuns: number;
  maxQueued: number;
  /** Runs in memory, of all organizations or of one, with those that are on their way into it. */
  liveRuns: (organizationId?: string) => number;
}

/** Decides from memory whether a start is taken, and whether it may begin at once. Costs the hot path no statement. */
export class Intake {
  private readonly minutes = new Map<string, Minute>();
  private queues = new Map<string, QueuedStarts>();
  private total = 0;
  private refreshedAt = 0;

  constructor(private readonly parts: IntakeParts) {}

  quotaOf(organizationId: string): QuotaLimits {
    return this.parts.quotas.of(organizationId);
  }

  /** True while anything waits as far as this replica knows. */
  get hasQueue(): boolean {
    return this.total > 0;
  }

  /** Refuses starts beyond the quota of the minute. */
  countStart(organizationId: string): void {
    const limit = this.quotaOf(organizationId).startsPerMinute;
    if (limit === null) return;
    const now = Date.now();
    const minute = this.minuteOf(organizationId, now);
    if (now - minute.countedAt > COUNT_AGAIN_MS) this.count(organizationId, minute, now, limit);
    if (Math.max(minute.own, minute.counted + minute.since) >= limit)
      throw new AppError('quota_exceeded', `The organization may start ${limit} executions a minute.`, {
        retryAfter: Math.ceil((minute.startedAt + MINUTE_MS - now) / 1_000),
      });
    minute.own++;
    minute.since++;
  }

  /** The organization has its share of places already, or others of its starts wait for one. */
  mustWait(organizationId: string): boolean {
    if (this.quotaOf(organizationId).running !== null) return true;
    if (this.waitsForPlace(organizationId)) return true;
    const share = this.share;
    return this.parts.liveRuns() >= share && this.parts.liveRuns(organizationId) >= share;
  }

  /** Starts of the organization wait for a place, as far as this replica knows. */
  waitsForPlace(organizationId: string): boolean {
    return (this.queues.get(organizationId)?.forCapacity ?? 0) > 0;
  }

  /** Places in the memory of this replica that are free for an organization. */
  freePlaces(organizationId: string): number {
    const { liveRuns, maxRuns } = this.parts;
    return Math.max(0, Math.min(this.share - liveRuns(organizationId), maxRuns - liveRuns()));
  }

  /** Takes a place in the queue for a start, which is given back by {@link left}; refuses it when there is none. */
  async enter(organizationId: string, forCapacity: boolean): Promise<void> {
    // What has left the queue by another replica is known after counting only.
    if (this.fault(organizationId) && Date.now() - this.refreshedAt > FULL_COUNT_AGAIN_MS) await this.refresh();
    const fault = this.fault(organizationId);
    if (fault) throw fault;
    const queue = this.queues.get(organizationId) ?? { organizationId, queued: 0, forCapacity: 0 };
    queue.queued++;
    if (forCapacity) queue.forCapacity++;
    this.queues.set(organizationId, queue);
    this.total++;
  }

  /** So many have begun, or were not taken after all. */
  left(organizationId: string, count: number, forCapacity: boolean): void {
    const queue = this.queues.get(organizationId);
    if (!queue) return;
    const gone = Math.min(count, queue.queued);
    queue.queued -= gone;
    this.total -= gone;
    if (forCapacity) queue.forCapacity = Math.max(0, queue.forCapacity - count);
    if (queue.queued === 0) this.queues.delete(organizationId);
  }

  async refresh(): Promise<void> {
    this.refreshedAt = Date.now();
    const rows = await this.parts.usage.queued();
    this.queues = new Map(rows.map((row) => [row.organizationId, row]));
    this.total = rows.reduce((sum, row) => sum + row.queued, 0);
  }

  private fault(organizationId: string): AppError | null {
    const { queued } = this.quotaOf(organizationId);
    if (queued !== null && (this.queues.get(organizationId)?.queued ?? 0) >= queued)
      return new AppError(
        'quota_exceeded',
        `The organization has ${queued} executions waiting, which is what it may.`,
        {
          retryAfter: QUEUE_RETRY_S,
        },
      );
    if (this.total >= this.parts.maxQueued)
      return new AppError('overloaded', `${this.total} executions wait for their turn already.`, {
        retryAfter: QUEUE_RETRY_S,
      });
    return null;
  }

  private get share(): number {
    return Math.max(1, Math.floor(this.parts.maxRuns * SHARE));
  }

  private minuteOf(organizationId: string, now: number): Minute {
    const startedAt = now - (now % MINUTE_MS);
    const known = this.minutes.get(organizationId);
    if (known?.startedAt === startedAt) return known;
    for (const [id, minute] of this.minutes) if (minute.startedAt !== startedAt) this.minutes.delete(id);
    const minute = { startedAt, own: 0, counted: 0, since: 0, countedAt: 0 };
    this.minutes.set(organizationId, minute);
    return minute;
  }

  private count(organizationId: string, minute: Minute, now: number, limit: number): void {
    const { usage, logger } = this.parts;
    minute.countedAt = now;
    const before = minute.since;
    usage
      .startsThisMinute(organizationId, now, limit)
      .then((counted) => {
        minute.counted = counted;
        minute.since -= before;
      })
      .catch((error: unknown) => logger.debug({ err: error }, 'The starts of the minute could not be counted'));
  }
}
