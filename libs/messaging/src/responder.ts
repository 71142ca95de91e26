import { AppError, HEADERS, type CommandDefinition } from '@rpa/contracts';
import { headers as newHeaders, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';
import { decodeBody, encodeBody } from './codec.js';
import type { CommandHandler, Door } from './door.js';
import { BODY_LIMIT, partsOf, PART_SIZE, receiveInParts, respondInParts } from './message-parts.js';

/**
 * Answers commands. At most `maxInFlight` messages are worked on at once; what comes beyond that is refused at once with
 * `overloaded`, so that a flood is seen by its sender and never becomes a queue in memory.
 */
export class Responder {
  private readonly subscriptions: Subscription[] = [];
  private inFlight = 0;
  private stopping = false;

  constructor(
    private readonly connection: NatsConnection,
    /** A new subject in this service's own inbox. */
    private readonly newInbox: () => string,
    private readonly maxInFlight: number,
  ) {}

  /** Subscribes the one handler of a command, in its owner's queue group. */
  handle(command: CommandDefinition, door: Door, handler: CommandHandler): void {
    const subscription = this.connection.subscribe(command.subject, {
      queue: command.owner,
      callback: (error, msg) => {
        if (!error) void this.receive(command, door, handler, msg);
      },
    });
    this.subscriptions.push(subscription);
  }

  /** Messages being worked on. */
  get load(): number {
    return this.inFlight;
  }

  /** Takes no more messages and waits for those in work. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    await Promise.all(this.subscriptions.map((subscription) => subscription.drain().catch(() => undefined)));
    const until = Date.now() + graceMs;
    while (this.inFlight > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  private async receive(command: CommandDefinition, door: Door, handler: CommandHandler, msg: Msg): Promise<void> {
    if (this.inFlight >= this.maxInFlight && !this.stopping)
      return this.refuse(msg, new AppError('overloaded', `The service '${command.owner}' has too much to do.`));
    this.inFlight++;
    const started = performance.now();
    let failure: unknown;
    let answerTo = msg;
    try {
      const context = await door.admit(command, { get: (name) => msg.headers?.get(name) || null });
      let bytes = msg.data;
      const parts = partsOf(msg.headers);
      if (parts > 0) {
        const received = await receiveInParts(this.connection, this.newInbox(), msg, parts);
        bytes = received.body;
        answerTo = received.last;
      }
      const request = await door.validate(command, decodeBody(bytes));
      const reply = await door.run(command, context, request, async () => handler(request, context));
      this.answer(answerTo, reply);
    } catch (error) {
      failure = error;
      this.refuse(answerTo, error);
    } finally {
      this.inFlight--;
      door.observe(command, performance.now() - started, failure);
    }
  }

  private answer(msg: Msg, reply: object): void {
    const body = encodeBody(reply);
    if (body.length <= PART_SIZE) msg.respond(body);
    else if (body.length <= BODY_LIMIT) respondInParts(this.connection, this.newInbox(), msg, body);
    else throw new AppError('too_large', `The answer has ${body.length} bytes; ask for fewer rows.`);
  }

  private refuse(msg: Msg, error: unknown): void {
    if (this.connection.isClosed()) return;
    const body = AppError.is(error) ? error.toBody() : new AppError('internal').toBody();
    const headers = newHeaders();
    headers.set(HEADERS.error, body.code);
    msg.respond(encodeBody(body), { headers });
  }
}
