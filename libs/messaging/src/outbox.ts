import { errors as natsErrors, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core';

interface Outgoing {
  subject: string;
  body: Uint8Array;
  reply: string | undefined;
  headers: MsgHdrs | undefined;
}

/**
 * Sends together what one turn of the event loop has to say: one write to the socket instead of one for every message.
 * Messages keep their order.
 */
export class Outbox {
  private waiting: Outgoing[] = [];

  constructor(
    private readonly connection: NatsConnection,
    /** Told why a message could not be sent after all; the rest is sent. */
    private readonly onError: (error: unknown, reply: string | undefined) => void,
  ) {}

  /** @throws ClosedConnectionError when there is no connection any more */
  publish(subject: string, body: Uint8Array, more: { reply?: string; headers?: MsgHdrs } = {}): void {
    if (this.connection.isClosed()) throw new natsErrors.ClosedConnectionError();
    // Ticks come when all promises have gone on as far as they can: everything that one commit sets free is in by then.
    if (this.waiting.length === 0) process.nextTick(() => this.flush());
    this.waiting.push({ subject, body, reply: more.reply, headers: more.headers });
  }

  /** Hands everything to the connection now. */
  flush(): void {
    const outgoing = this.waiting;
    this.waiting = [];
    for (const { subject, body, reply, headers } of outgoing)
      try {
        this.connection.publish(subject, body, { ...(reply && { reply }), ...(headers && { headers }) });
      } catch (error) {
        this.onError(error, reply);
      }
  }
}
