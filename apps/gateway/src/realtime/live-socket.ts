import { AppError, getExecution } from '@rpa/contracts';
import { checkAccess, type Logger } from '@rpa/platform';
import type { WebSocket } from 'ws';
import { readClientMessage, type Room } from './client-message.js';
import type { Caller } from '../access/access-tokens.js';
import type { Rooms, Wish } from './rooms.js';

const AUTHENTICATE_WITHIN_MS = 10_000;
const PING_MS = 30_000;
const WARN_BEFORE_MS = 60_000;
const MAX_ROOMS = 100;
/** Bytes on their way to a client; one that lets more pile up is dropped. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** A journal is read on when fewer bytes than this wait. */
const READ_ON_BYTES = 64 * 1024;
const NOTICE_GRACE_MS = 2_000;
const MESSAGES_A_SECOND = 50;

/** Why a socket was closed, beside the codes of RFC 6455. */
export const CLOSE = { goingAway: 1001, tooMuch: 1008, unauthenticated: 4401, slow: 4408, full: 4429 } as const;

export interface SocketParts {
  rooms: Rooms;
  logger: Logger;
  /** @throws `invalid_token` */
  prove: (token: string) => Promise<Caller>;
  /** Takes a place of the organization. @throws `rate_limited` */
  enter: (organizationId: string) => () => void;
}

/** One client: who it is, which rooms it is in, and how fast it takes what it is sent. */
export class LiveSocket {
  private viewer: Caller | null = null;
  private leavePlace: (() => void) | null = null;
  private readonly joined = new Map<string, { wish: Wish; ends: AbortController }>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private expiry: NodeJS.Timeout[] = [];
  private alive = true;
  /** Closed: what still waits its turn joins nothing any more. */
  private gone = false;
  private messages = 0;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly socket: WebSocket,
    private readonly parts: SocketParts,
    token: string | null,
  ) {
    socket.on('message', (data, isBinary) => this.take(isBinary ? '' : String(data)));
    socket.on('pong', () => (this.alive = true));
    socket.on('error', () => socket.terminate());
    socket.once('close', () => this.release());
    this.timers.add(setInterval(() => this.beat(), PING_MS).unref());
    this.timers.add(setInterval(() => (this.messages = 0), 1_000).unref());
    const waiting = setTimeout(() => {
      if (!this.viewer) this.end(CLOSE.unauthenticated, 'unauthenticated', 'No access token came in time.');
    }, AUTHENTICATE_WITHIN_MS).unref();
    this.timers.add(waiting);
    if (token !== null) this.inTurn(() => this.authenticate(token));
  }

  /** Somebody's access has changed: who is not let in any more is put out. */
  recheck(): void {
    const { viewer } = this;
    if (!viewer) return;
    this.inTurn(async () => {
      await this.parts.prove(viewer.token).catch((error: unknown) => {
        if (AppError.is(error) && error.code === 'invalid_token')
          this.end(CLOSE.unauthenticated, 'access_ended', error.message);
        else throw error;
      });
    });
  }

  /** Tells why and closes. */
  end(code: number, reason: string, detail: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(JSON.stringify({ type: 'notice', code: reason, detail }));
    this.socket.close(code, reason);
    setTimeout(() => this.socket.terminate(), NOTICE_GRACE_MS).unref();
    this.release();
  }

  private take(text: string): void {
    if (++this.messages > MESSAGES_A_SECOND)
      return this.end(CLOSE.tooMuch, 'too_many_messages', `More than ${MESSAGES_A_SECOND} messages in a second.`);
    this.inTurn(() => this.obey(text));
  }

  /** One after the other, so that an answer belongs to what was asked before it. */
  private inTurn(work: () => Promise<void>): void {
    this.last = this.last.then(() => (this.gone ? undefined : work())).catch((error: unknown) => this.refuse(error));
  }

  private async obey(text: string): Promise<void> {
    const message = readClientMessage(text);
    if (message.type === 'ping') return this.send({ type: 'pong' });
    if (message.type === 'authenticate') return this.authenticate(message.token);
    if (!this.viewer) throw new AppError('unauthenticated', 'Authenticate first.');
    if (message.type === 'unsubscribe') this.leave(message.room);
    else await this.subscribe(this.viewer, message).catch((error: unknown) => this.refuse(error, message.room));
  }

  /** First, and again before the token expires: every room is asked for anew. */
  private async authenticate(token: string): Promise<void> {
    const viewer = await this.parts.prove(token).catch((error: unknown) => {
      if (!this.viewer) this.end(CLOSE.unauthenticated, 'unauthenticated', 'The access token is not valid.');
      throw error;
    });
    if (this.gone) return;
    checkAccess(getExecution.access, viewer.principal);
    const known = this.viewer?.principal;
    if (known && (known.organizationId !== viewer.principal.organizationId || known.userId !== viewer.principal.userId))
      throw new AppError('forbidden', 'The token speaks for somebody else; open another connection.');
    if (!known && !this.takePlace(viewer.principal.organizationId)) return;
    this.viewer = viewer;
    this.watchExpiry(viewer.expiresAt);
    for (const [name, { wish }] of [...this.joined])
      await this.parts.rooms.authorize(viewer, wish.room).catch((error: unknown) => {
        this.joined.get(name)?.ends.abort();
        this.joined.delete(name);
        this.refuse(error, wish.room);
      });
    this.send({ type: 'authenticated', expiresAt: new Date(viewer.expiresAt).toISOString() });
  }

  private takePlace(organizationId: string): boolean {
    try {
      this.leavePlace = this.parts.enter(organizationId);
      return true;
    } catch (error) {
      this.end(CLOSE.full, 'rate_limited', error instanceof Error ? error.message : 'Too many connections.');
      return false;
    }
  }

  private watchExpiry(expiresAt: number): void {
    for (const timer of this.expiry) clearTimeout(timer);
    const left = Math.min(expiresAt - Date.now(), 2 ** 31 - 1);
    const warn = (): void =>
      this.send({ type: 'notice', code: 'token_expiring', detail: 'Authenticate with a new token to stay.' });
    this.expiry = [
      ...(left > WARN_BEFORE_MS ? [setTimeout(warn, left - WARN_BEFORE_MS).unref()] : []),
      setTimeout(() => this.end(CLOSE.unauthenticated, 'token_expired', 'The access token has expired.'), left).unref(),
    ];
  }

  private async subscribe(viewer: Caller, { room, after, since }: Wish): Promise<void> {
    if (this.joined.size >= MAX_ROOMS && !this.joined.has(room.name))
      throw new AppError('rate_limited', `A connection can be in ${MAX_ROOMS} rooms.`);
    const wish: Wish = { room, ...(after !== undefined && { after }), ...(since !== undefined && { since }) };
    await this.parts.rooms.authorize(viewer, room);
    if (this.gone) return;
    this.leave(room);
    const ends = new AbortController();
    this.joined.set(room.name, { wish, ends });
    this.send({ type: 'subscribed', room: room.name });
    try {
      await this.parts.rooms.enter(viewer, wish, (message) => this.tell(message), ends.signal);
    } catch (error) {
      this.leave(room);
      throw error;
    }
  }

  private leave(room: Room): void {
    this.joined.get(room.name)?.ends.abort();
    this.joined.delete(room.name);
  }

  /** What happens in a room. Whoever reads on waits for a client that is behind; what cannot wait drops it. */
  private async tell(message: object): Promise<void> {
    this.send(message);
    while (this.socket.bufferedAmount > READ_ON_BYTES && this.socket.readyState === this.socket.OPEN)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  private send(message: object): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > MAX_WAITING_BYTES) {
      this.parts.logger.info({ organizationId: this.viewer?.principal.organizationId }, 'A slow viewer was dropped');
      return this.end(CLOSE.slow, 'slow_consumer', 'Messages came faster than they were read; connect again.');
    }
    this.socket.send(JSON.stringify(message));
  }

  private refuse(error: unknown, room?: Room): void {
    const known = AppError.is(error) ? error : new AppError('internal');
    if (!AppError.is(error)) this.parts.logger.error({ err: error }, 'A message of a viewer failed');
    const { code, detail, errors } = known.toBody();
    this.send({ type: 'error', code, detail, ...(errors && { errors }), ...(room && { room: room.name }) });
  }

  private beat(): void {
    if (!this.alive) return this.socket.terminate();
    this.alive = false;
    this.socket.ping();
  }

  private release(): void {
    this.gone = true;
    for (const timer of [...this.timers, ...this.expiry]) clearTimeout(timer);
    for (const { ends } of this.joined.values()) ends.abort();
    this.joined.clear();
    this.leavePlace?.();
    this.leavePlace = null;
  }
}
