import type { Principal } from '@rpa/contracts';

/** What a handler knows about the message beside its body. */
export interface MessageContext {
  principal: Principal | null;
  requestId: string | null;
  idempotencyKey: string | null;
  /** The W3C `traceparent` that came with the message. */
  traceparent: string | null;
}

/** Headers of an incoming message, by lower-case name. */
export interface IncomingHeaders {
  get(name: string): string | null;
}
