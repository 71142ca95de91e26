import { Inject, Injectable } from '@nestjs/common';
import { Bus, consumeEvents, ensureEventStream, readEventProgress, type JsMsg } from '@rpa/messaging';
import { LOGGER, Metrics, type Logger } from '@rpa/platform';
import { AcceptEvents } from '../../events/accept-events.js';
import { Backlog } from '../../inbox/backlog.js';
import { EventFloor } from '../../inbox/event-floor.js';
import type { SharedSource } from '../trigger-source.js';
import { readMessage } from './read-message.js';

/** Events of one commit. */
const BATCH = 100;
const RETRY_MS = 1_000;
const PROGRESS_MS = 200;
/** While too much waits to be handed over, events are left in the stream. */
const FULL_MS = 250;
/** Pause before an event is handed out again that could not be stored; grows with its deliveries. */
const REDELIVER_MS = 1_000;
const MAX_REDELIVER_MS = 60_000;

/**
 * Reads the event stream: as many events as have come in are committed together, then acknowledged. The stream is made
 * again when it is gone, so that a NATS server that lost everything serves on.
 */
@Injectable()
export class ConsumeEventBus implements SharedSource {
  private messages: Awaited<ReturnType<typeof consumeEvents>> | null = null;
  private readonly buffer: JsMsg[] = [];
  private committing: Promise<void> | null = null;
  private reading: Promise<void> | null = null;
  private progress: NodeJS.Timeout | undefined;
  private readingProgress = false;
  private stopped = false;
  private reason = 'the stream has not been read yet';
  private lag: number | null = null;

  constructor(
    private readonly bus: Bus,
    private readonly accept: AcceptEvents,
    private readonly floor: EventFloor,
    private readonly backlog: Backlog,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    metrics.gauge('rpa_event_bus_lag', 'Events that wait in the stream', () => this.lag ?? 0);
  }

  start(): void {
    this.reading = this.read();
    this.progress = setInterval(() => void this.readProgress(), PROGRESS_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.progress);
    this.messages?.stop();
    await this.reading;
    while (this.committing) await this.committing;
  }

  status(): { ok: boolean; reason?: string; lag: number | null } {
    return this.messages ? { ok: true, lag: this.lag } : { ok: false, reason: this.reason, lag: null };
  }

  private async read(): Promise<void> {
    while (!this.stopped) {
      try {
        await ensureEventStream(this.bus);
        this.messages = await consumeEvents(this.bus, (msg) => this.receive(msg));
        if (this.stopped) this.messages.stop();
        const ended = await this.messages.closed();
        this.reason = ended instanceof Error ? ended.message : 'the stream was closed';
      } catch (error) {
        this.reason = error instanceof Error ? error.message : String(error);
      }
      this.messages = null;
      if (this.stopped) return;
      this.logger.warn({ reason: this.reason }, 'The event stream cannot be read; trying again');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  private async readProgress(): Promise<void> {
    if (!this.messages || this.readingProgress) return;
    this.readingProgress = true;
    try {
      const { ackFloor, pending } = await readEventProgress(this.bus);
      this.floor.current = ackFloor;
      this.lag = pending;
    } catch {
      // Read again soon; whoever waits for it waits only so long.
    } finally {
      this.readingProgress = false;
    }
  }

  private receive(msg: JsMsg): void {
    this.buffer.push(msg);
    this.committing ??= this.commit();
  }

  /** One commit at a time; what comes in meanwhile is the next one. */
  private async commit(): Promise<void> {
    while (this.buffer.length > 0) {
      while (this.backlog.isFull && !this.stopped) {
        for (const msg of this.buffer) msg.working();
        await new Promise((resolve) => setTimeout(resolve, FULL_MS));
      }
      await this.store(this.buffer.splice(0, BATCH));
    }
    this.committing = null;
  }

  private async store(batch: JsMsg[]): Promise<void> {
    try {
      await this.accept.execute(batch.flatMap((msg) => readMessage(msg)));
      for (const msg of batch) msg.ack();
    } catch (error) {
      if (batch.length > 1) {
        // One event that cannot be stored must not hold up the others.
        for (const msg of batch) await this.store([msg]);
        return;
      }
      this.logger.error(
        { err: error, subject: batch[0]?.subject },
        'An event could not be stored; it is kept in the stream',
      );
      for (const msg of batch)
        msg.nak(Math.min(MAX_REDELIVER_MS, REDELIVER_MS * 2 ** Math.min(msg.info.deliveryCount, 10)));
    }
  }
}
