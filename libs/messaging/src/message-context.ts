import type { Principal } from '@rpa/contracts';

/** What a handler knows about the message beside its body. */
export interface MessageContext {
  principal: Principal | null;
  requestId: string | null;
  idempotencyKey: string | null;
  /** The W3C `traceparent` that came with the message. */
  traceparent: string | null;
  /** Whose HTTP request this was; absent on messages between services. */
  client?: ClientRef;
}

/** The other end of an HTTP connection. */
export interface ClientRef {
  address: string;
  /** Cut to 200 characters. */
  userAgent: string;
}

/** Headers of an incoming message, by lower-case name. */
export interface IncomingHeaders {
  get(name: string): string | null;
}
