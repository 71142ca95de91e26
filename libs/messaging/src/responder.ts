import { AppError, HEADERS, type CommandDefinition } from '@rpa/contracts';
import { headers as newHeaders, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';
import { decodeBody, encodeBody } from './codec.js';
import type { CommandHandler, Door } from './door.js';
import { BODY_LIMIT, partsOf, PART_SIZE, receiveInParts, respondInParts } from './message-parts.js';
import type { Outbox } from './outbox.js';

/**
 * Answers commands. At most `maxInFlight` messages are worked on at once, those whose body is still on its way in parts
 * among them; what comes beyond that is refused at once with `overloaded`, so that a flood is seen by its sender and never
 * becomes a queue in memory.
 */
export class Responder {
  private readonly subscriptions: Subscription[] = [];
  private inFlight = 0;

  constructor(
    private readonly connection: NatsConnection,
    private readonly outbox: Outbox,
    /** A new subject in this service's own inbox. */
    private readonly newInbox: () => string,
    private readonly maxInFlight: number,
    /** Told what went wrong outside of any handler. */
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Subscribes the one handler of a command, in its owner's queue group. */
  handle(command: CommandDefinition, door: Door, handler: CommandHandler): void {
    const subscription = this.connection.subscribe(command.subject, {
      queue: command.owner,
      callback: (error, msg) => {
        if (!error) void this.receive(command, door, handler, msg).catch(this.onError);
      },
    });
    this.subscriptions.push(subscription);
  }

  /** Messages being worked on. */
  get load(): number {
    return this.inFlight;
  }

  /** Takes no more messages and waits for those in work, `graceMs` at most. */
  async stop(graceMs: number): Promise<void> {
    const until = Date.now() + graceMs;
    const drained = Promise.all(
      this.subscriptions.splice(0).map((subscription) => subscription.drain().catch(() => undefined)),
    );
    // Draining waits for the server, which may be away.
    await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
    while (this.inFlight > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  private async receive(command: CommandDefinition, door: Door, handler: CommandHandler, msg: Msg): Promise<void> {
    if (this.inFlight >= this.maxInFlight) {
      const error = new AppError('overloaded', `The service '${command.owner}' has too much to do.`);
      this.refuse(msg, error);
      return door.observe(command, 0, error);
    }
    this.inFlight++;
    const started = performance.now();
    let failure: unknown;
    const waiting: { msg: Msg | null } = { msg };
    let delivery: Promise<void> | undefined;
    try {
      const context = await door.admit(command, { get: (name) => msg.headers?.get(name) || null });
      let bytes = msg.data;
      const parts = partsOf(msg.headers);
      if (parts > 0) bytes = await receiveInParts(this.connection, this.newInbox(), parts, waiting);
      const request = await door.validate(command, decodeBody(bytes));
      const reply = await door.run(command, context, request, async () => handler(request, context));
      delivery = this.answer(waiting.msg ?? msg, reply);
    } catch (error) {
      failure = error;
      if (waiting.msg) this.refuse(waiting.msg, error);
    }
    try {
      door.observe(command, performance.now() - started, failure);
      await delivery;
    } finally {
      this.inFlight--;
    }
  }

  private answer(msg: Msg, reply: object): Promise<void> | undefined {
    const body = encodeBody(reply);
    if (body.length > BODY_LIMIT)
      throw new AppError('too_large', `The answer has ${body.length} bytes; ask for fewer rows.`);
    // A caller that went away in the middle has its own timeout; there is nobody left to tell.
    if (body.length > PART_SIZE)
      return respondInParts(this.connection, this.newInbox(), msg, body).catch(() => undefined);
    if (msg.reply) this.outbox.publish(msg.reply, body);
    return undefined;
  }

  private refuse(msg: Msg, error: unknown): void {
    const body = AppError.is(error) ? error.toBody() : new AppError('internal').toBody();
    const headers = newHeaders();
    headers.set(HEADERS.error, body.code);
    try {
      if (msg.reply) this.outbox.publish(msg.reply, encodeBody(body), { headers });
    } catch (lost) {
      this.onError(lost);
    }
  }
}
