import {
  AppError,
  eventWildcard,
  executionChanged,
  executionEnded,
  isTerminal,
  type ExecutionChange,
  type ExecutionStatus,
} from '@rpa/contracts';
import type { Bus, Subscription } from '@rpa/messaging';
import type { Logger } from '@rpa/platform';
import { LRUCache } from 'lru-cache';
import type { LiveReader } from './live-reader.js';

const LOOK_MS = 3_000;
/** Changes of the latest executions, so that none is told twice: once by a hint, once by the rows. */
const REMEMBERED = 10_000;
const PAGES_AT_ONCE = 20;

type Listener = (change: ExecutionChange) => void;

interface Feed {
  listeners: Set<Listener>;
  told: LRUCache<string, ExecutionStatus>;
  /** Where the next look at the rows begins; null until it is known. */
  next: string | null;
}

/**
 * What the executions of organizations with viewers come to. Hints on NATS are told at once; the rows are read every few
 * seconds and after a lost connection, and tell what no hint has told.
 */
export class ChangeFeed {
  private readonly feeds = new Map<string, Feed>();
  private readonly subscriptions: Subscription[] = [];
  private timer: NodeJS.Timeout | null = null;
  private looking = false;

  constructor(
    private readonly bus: Bus,
    private readonly reader: LiveReader,
    private readonly logger: Logger,
  ) {}

  start(): void {
    for (const event of [executionChanged, executionEnded])
      this.subscriptions.push(
        this.bus.subscribe(eventWildcard(event), (body, msg) => this.hear(msg.subject.split('.')[1] ?? '', body)),
      );
    this.timer = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  stop(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    if (this.timer) clearInterval(this.timer);
  }

  /**
   * Tells every change of the organization from now on; resolves when none can be missed any more.
   * @throws `unavailable` when that cannot be promised
   */
  async listen(organizationId: string, listener: Listener): Promise<() => void> {
    let feed = this.feeds.get(organizationId);
    if (!feed) {
      feed = { listeners: new Set(), told: new LRUCache({ max: REMEMBERED }), next: null };
      this.feeds.set(organizationId, feed);
    }
    const { listeners } = feed;
    listeners.add(listener);
    const leave = (): void => {
      listeners.delete(listener);
      if (listeners.size === 0) this.feeds.delete(organizationId);
    };
    if (feed.next === null) await this.read(organizationId, feed);
    if (feed.next !== null) return leave;
    leave();
    throw new AppError('unavailable', 'The executions cannot be followed at the moment.');
  }

  /** Changes since a time, for one who was away. */
  async since(organizationId: string, since: string, tell: Listener): Promise<void> {
    let page = await this.reader.changes(organizationId, { since });
    for (let pages = 1; ; pages++) {
      for (const change of page.data) tell(change);
      if (!page.more || pages >= PAGES_AT_ONCE) return;
      page = await this.reader.changes(organizationId, { cursor: page.next });
    }
  }

  /** NATS is back: hints were lost. */
  reconnected(): void {
    void this.look();
  }

  private hear(organizationId: string, body: unknown): void {
    const feed = this.feeds.get(organizationId);
    const change = body as ExecutionChange;
    if (feed && typeof change?.executionId === 'string') this.tell(feed, change);
  }

  /** A status that was told for an execution is not told again until it has another. */
  private tell(feed: Feed, change: ExecutionChange): void {
    const told = feed.told.get(change.executionId);
    // An end is the last word: a hint that was on its way for long comes after it.
    if (told === change.status || (told !== undefined && isTerminal(told))) return;
    feed.told.set(change.executionId, change.status);
    for (const listener of feed.listeners) listener(change);
  }

  private async look(): Promise<void> {
    if (this.looking || !this.bus.connected) return;
    this.looking = true;
    try {
      for (const [organizationId, feed] of this.feeds) await this.read(organizationId, feed);
    } finally {
      this.looking = false;
    }
  }

  private async read(organizationId: string, feed: Feed): Promise<void> {
    try {
      for (let more = true, pages = 0; more && pages < PAGES_AT_ONCE; pages++) {
        const request = feed.next === null ? {} : { cursor: feed.next };
        const page = await this.reader.changes(organizationId, request);
        for (const change of page.data) this.tell(feed, change);
        feed.next = page.next;
        more = page.more;
      }
    } catch (error) {
      this.logger.debug({ err: error, organizationId }, 'Changes could not be read; it is tried again');
    }
  }
}
