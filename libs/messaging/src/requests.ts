import {
  createInbox,
  errors as natsErrors,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type Subscription,
} from '@nats-io/nats-core';
import type { Outbox } from './outbox.js';

interface Pending {
  subject: string;
  /** Monotonic milliseconds. */
  dueAt: number;
  outlivesLoss: boolean;
  resolve(answer: Msg): void;
  reject(error: unknown): void;
}

interface SendOptions {
  timeoutMs: number;
  headers?: MsgHdrs;
  /** Whoever answers keeps the answer until it is taken: it may come when the connection is back. */
  outlivesLoss?: boolean;
}

const SWEEP_MS = 50;
const NO_RESPONDERS = 503;

/**
 * Requests whose answers come through one subscription. The connection's own request makes a timer, three promises and an
 * error object each time, which costs more than the message.
 */
export class Requests {
  private readonly inbox: string;
  private readonly pending = new Map<string, Pending>();
  private subscription: Subscription | null = null;
  private sweeping: NodeJS.Timeout | null = null;
  private last = 0;

  constructor(
    private readonly connection: NatsConnection,
    private readonly outbox: Outbox,
    inboxPrefix: string,
  ) {
    this.inbox = createInbox(inboxPrefix);
  }

  /**
   * Settles with the first answer. Rejects with nats-core's NoRespondersError, TimeoutError (up to 50 ms late) or the
   * reason why the message could not be sent.
   */
  send(subject: string, body: Uint8Array, options: SendOptions): Promise<Msg> {
    return new Promise((resolve, reject) => {
      this.subscription ??= this.listen();
      const reply = `${this.inbox}.${(++this.last).toString(36)}`;
      this.outbox.publish(subject, body, { reply, ...(options.headers && { headers: options.headers }) });
      const dueAt = performance.now() + options.timeoutMs;
      this.pending.set(reply, { subject, dueAt, outlivesLoss: options.outlivesLoss === true, resolve, reject });
      this.sweeping ??= setInterval(() => this.sweep(), SWEEP_MS).unref();
    });
  }

  /** The message to this reply subject could not be sent. */
  fail(reply: string, error: unknown): boolean {
    const pending = this.take(reply);
    pending?.reject(error);
    return pending !== undefined;
  }

  /** The server refuses this subject: nobody will ever answer. */
  refused(subject: string, error: unknown): void {
    for (const [reply, pending] of this.pending) if (pending.subject === subject) this.fail(reply, error);
  }

  /** The connection was lost: what was asked through it fails now, not when its time is over. */
  lost(error: unknown): void {
    for (const [reply, { outlivesLoss }] of this.pending) if (!outlivesLoss) this.fail(reply, error);
  }

  /** Nothing comes any more. */
  end(error: unknown): void {
    for (const reply of [...this.pending.keys()]) this.fail(reply, error);
  }

  private listen(): Subscription {
    return this.connection.subscribe(`${this.inbox}.*`, {
      callback: (error, msg) => {
        if (error) return this.end(error);
        const pending = this.take(msg.subject);
        if (!pending) return;
        if (msg.data.length === 0 && msg.headers?.code === NO_RESPONDERS)
          pending.reject(new natsErrors.NoRespondersError(pending.subject));
        else pending.resolve(msg);
      },
    });
  }

  private sweep(): void {
    if (this.pending.size === 0 && this.sweeping) {
      clearInterval(this.sweeping);
      this.sweeping = null;
    }
    const now = performance.now();
    for (const [reply, pending] of this.pending)
      if (pending.dueAt <= now) this.fail(reply, new natsErrors.TimeoutError());
  }

  private take(reply: string): Pending | undefined {
    const pending = this.pending.get(reply);
    this.pending.delete(reply);
    return pending;
  }
}
