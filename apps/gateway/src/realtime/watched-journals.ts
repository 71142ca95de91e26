import {
  eventWildcard,
  ID_PATTERN,
  journalAppended,
  WATCH_SUBJECT,
  type JournalAppendedEvent,
  type WatchExecutions,
} from '@rpa/contracts';
import type { Bus, Subscription } from '@rpa/messaging';
import type { Logger } from '@rpa/platform';
import type { LiveReader } from './live-reader.js';

const REPEAT_MS = 5_000;
/** What was said while nobody could hear it is found by looking. */
const LOOK_MS = 2_000;
const EXECUTIONS_IN_MESSAGE = 400;

interface Watched {
  organizationId: string;
  seq: number;
  listeners: Set<() => void>;
}

/**
 * The executions with viewers at this gateway. Executions tells on NATS when a journal that somebody watches has grown;
 * since such a hint may get lost, the gateway looks every two seconds as well, for all of them at once.
 */
export class WatchedJournals {
  private readonly watched = new Map<string, Watched>();
  private readonly timers: NodeJS.Timeout[] = [];
  private subscription: Subscription | null = null;
  private looking = false;

  constructor(
    private readonly bus: Bus,
    private readonly reader: LiveReader,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.subscription = this.bus.subscribe(eventWildcard(journalAppended), (body) => this.hear(body));
    this.timers.push(setInterval(() => this.say([...this.watched.keys()]), REPEAT_MS).unref());
    this.timers.push(setInterval(() => void this.look(), LOOK_MS).unref());
  }

  stop(): void {
    this.subscription?.unsubscribe();
    for (const timer of this.timers) clearInterval(timer);
  }

  /** Calls `onGrown` when there may be more to read; ends with the returned function. */
  watch(organizationId: string, executionId: string, onGrown: () => void): () => void {
    let entry = this.watched.get(executionId);
    if (!entry) {
      entry = { organizationId, seq: 0, listeners: new Set() };
      this.watched.set(executionId, entry);
      this.say([executionId]);
    }
    const { listeners } = entry;
    listeners.add(onGrown);
    return () => {
      listeners.delete(onGrown);
      if (listeners.size === 0) this.watched.delete(executionId);
    };
  }

  /** NATS is back: whatever was said meanwhile is lost. */
  reconnected(): void {
    this.say([...this.watched.keys()]);
    for (const { listeners } of this.watched.values()) for (const tell of listeners) tell();
  }

  private hear(body: unknown): void {
    const { executionId, seq } = (body ?? {}) as Partial<JournalAppendedEvent>;
    if (typeof executionId === 'string' && ID_PATTERN.test(executionId) && typeof seq === 'number')
      this.grown(executionId, seq);
  }

  private grown(executionId: string, seq: number): void {
    const entry = this.watched.get(executionId);
    if (!entry || seq <= entry.seq) return;
    entry.seq = seq;
    for (const tell of entry.listeners) tell();
  }

  private say(executionIds: readonly string[]): void {
    if (!this.bus.connected) return;
    for (let from = 0; from < executionIds.length; from += EXECUTIONS_IN_MESSAGE) {
      const executions = executionIds.slice(from, from + EXECUTIONS_IN_MESSAGE).flatMap((id) => {
        const entry = this.watched.get(id);
        return entry ? [{ id, organizationId: entry.organizationId }] : [];
      });
      this.bus.publish(WATCH_SUBJECT, { executions } satisfies WatchExecutions);
    }
  }

  private async look(): Promise<void> {
    if (this.looking || this.watched.size === 0 || !this.bus.connected) return;
    this.looking = true;
    try {
      for (const [organizationId, ids] of this.byOrganization())
        for (const [id, seq] of await this.reader.positions(organizationId, ids)) this.grown(id, seq);
    } catch (error) {
      this.logger.debug({ err: error }, 'How far journals have come could not be read; it is tried again');
    } finally {
      this.looking = false;
    }
  }

  private byOrganization(): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const [id, { organizationId }] of this.watched) {
      const group = groups.get(organizationId);
      if (group) group.push(id);
      else groups.set(organizationId, [id]);
    }
    return groups;
  }
}
