import {
  AppError,
  HEADERS,
  eventSubject,
  inboxPrefix,
  type CommandDefinition,
  type ErrorBody,
  type EventDefinition,
} from '@rpa/contracts';
import {
  createInbox,
  errors as natsErrors,
  type Msg,
  type NatsConnection,
  type Subscription,
} from '@nats-io/nats-core';
import type { BusOptions, BusStatus } from './bus-options.js';
import { decodeBody, encodeBody } from './codec.js';
import { fetchParts, partsOf, PART_SIZE, requestInParts } from './message-parts.js';
import { Outbox } from './outbox.js';
import { isNoResponders, NoResponders, toAppError } from './request.errors.js';
import { requestHeaders, type RequestOptions } from './request-headers.js';
import { Requests } from './requests.js';
import { Responder } from './responder.js';

/** One service's connection to NATS: typed requests and events, raw subjects for tasks. */
export class Bus {
  readonly responder: Responder;
  private status: BusStatus = { connected: true };
  private readonly onError: (error: unknown) => void;
  private readonly outbox: Outbox;
  private readonly requests: Requests;
  /** Exchanges in parts that are under way. */
  private readonly exchanges = new Set<(error: unknown) => void>();

  constructor(
    readonly connection: NatsConnection,
    options: BusOptions,
  ) {
    this.onError = options.onError ?? (() => undefined);
    this.outbox = new Outbox(connection, (error, reply) => {
      if (reply === undefined || !this.requests.fail(reply, error)) this.onError(error);
    });
    this.requests = new Requests(connection, this.outbox, inboxPrefix(options.service));
    this.responder = new Responder(
      connection,
      this.outbox,
      () => createInbox(inboxPrefix(options.service)),
      options.maxInFlight ?? 2_000,
      this.onError,
    );
    options.onStatus?.(this.status);
    void this.watch(options.onStatus).catch(this.onError);
  }

  /** Sends a command and returns its reply; throws the {@link AppError} that the owner answered with. */
  async request<Request extends object, Reply extends object>(
    command: CommandDefinition<Request, Reply>,
    body: NoInfer<Request>,
    options: RequestOptions = {},
  ): Promise<Reply> {
    this.assertConnected();
    const headers = requestHeaders(options);
    const payload = encodeBody(body);
    const timeout = options.timeoutMs ?? command.timeoutFor?.(body) ?? command.timeoutMs ?? 10_000;
    try {
      const answer =
        payload.length > PART_SIZE
          ? await this.untilLost(requestInParts(this.connection, command.subject, payload, headers, timeout))
          : await this.requests.send(command.subject, payload, { timeoutMs: timeout, headers });
      return (await this.readAnswer(answer)) as Reply;
    } catch (error) {
      throw toAppError(error, command);
    }
  }

  /** Tells what happened. Best effort: a hint, never the only copy. */
  emit<Payload extends object>(
    event: EventDefinition<Payload>,
    organizationId: string,
    payload: NoInfer<Payload>,
  ): void {
    if (!this.status.connected) return;
    const body = encodeBody(payload);
    try {
      this.outbox.publish(eventSubject(event, organizationId), body, { headers: requestHeaders({}) });
    } catch (error) {
      // The connection is being closed: whoever reports a change must not fail for that.
      this.onError(error);
    }
  }

  /** Publishes a plain JSON message; fire and forget. */
  publish(subject: string, body: unknown): void {
    this.outbox.publish(subject, encodeBody(body));
  }

  /** Hears a subject; `queue` shares the messages among all who name the same. A body that is not JSON is dropped. */
  subscribe(subject: string, handler: (body: unknown, msg: Msg) => void, queue?: string): Subscription {
    return this.connection.subscribe(subject, {
      ...(queue && { queue }),
      callback: (error, msg) => {
        if (error) return;
        let body: unknown;
        try {
          body = decodeBody(msg.data);
        } catch {
          return;
        }
        // An exception here would end the connection's read loop.
        try {
          handler(body, msg);
        } catch (failure) {
          this.onError(failure);
        }
      },
    });
  }

  /**
   * Plain request without a command: tasks. A body of bytes is sent as it is. Rejects with {@link NoResponders} when
   * nobody listens.
   */
  async ask(subject: string, body: unknown, timeoutMs: number, more?: { traceparent?: string }): Promise<unknown> {
    try {
      const answer = await this.requests.send(subject, body instanceof Uint8Array ? body : encodeBody(body), {
        timeoutMs,
        outlivesLoss: true,
        ...(more && { headers: requestHeaders(more) }),
      });
      return decodeBody(answer.data);
    } catch (error) {
      if (isNoResponders(error)) throw new NoResponders(subject);
      throw error;
    }
  }

  get connected(): boolean {
    return this.status.connected;
  }

  /** Resolves when the server has taken in everything said so far, subscriptions included. */
  async settled(): Promise<void> {
    this.outbox.flush();
    await this.connection.flush();
  }

  /** Why it is not connected, for readiness. */
  get disconnectedReason(): string | null {
    return this.status.connected ? null : this.status.reason;
  }

  /** Takes nothing new, finishes what runs (at most `graceMs`), and closes. */
  async close(graceMs = 5_000): Promise<void> {
    await this.responder.stop(graceMs);
    this.outbox.flush();
    if (this.connection.isClosed()) return;
    if (!this.status.connected) return this.connection.close();
    await Promise.race([this.connection.drain(), new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
    if (!this.connection.isClosed()) await this.connection.close();
  }

  private assertConnected(): void {
    if (!this.status.connected) throw new AppError('unavailable', `NATS is not reachable: ${this.status.reason}`);
  }

  private async readAnswer(answer: Msg): Promise<unknown> {
    const parts = partsOf(answer.headers);
    const bytes =
      parts > 0 && answer.reply ? await this.untilLost(fetchParts(this.connection, answer.reply, parts)) : answer.data;
    const body = decodeBody(bytes);
    if (answer.headers?.get(HEADERS.error)) throw AppError.fromBody(body as ErrorBody);
    return body;
  }

  /** nats-core's own requests would wait for their time to be over. */
  private untilLost<T>(exchange: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.exchanges.add(reject);
      void exchange.then(resolve, reject).finally(() => this.exchanges.delete(reject));
    });
  }

  private lose(reason: string): void {
    this.status = { connected: false, reason };
    const error = new Error(`NATS is not reachable: ${reason}`);
    this.requests.lost(error);
    for (const reject of this.exchanges) reject(error);
  }

  private async watch(onStatus: BusOptions['onStatus']): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'reconnect') this.status = { connected: true };
      else if (status.type === 'disconnect' || status.type === 'staleConnection') this.lose('the connection was lost');
      else {
        // Refused subjects among them: without a word a service would sit there deaf.
        if (status.type === 'error') this.hearError(status.error);
        continue;
      }
      onStatus?.(this.status);
    }
    this.lose('the connection is closed');
    this.requests.end(new natsErrors.ClosedConnectionError());
  }

  private hearError(error: Error): void {
    this.onError(error);
    if (error instanceof natsErrors.PermissionViolationError && error.operation === 'publish')
      this.requests.refused(error.subject, error);
  }
}
