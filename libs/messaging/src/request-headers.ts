import { HEADERS } from '@rpa/contracts';
import { headers as newHeaders, type MsgHdrs } from '@nats-io/nats-core';
import { context as otelContext, propagation } from '@opentelemetry/api';
import type { ClientRef } from './message-context.js';

export interface RequestOptions {
  /** Signed principal in whose name the command is sent; absent only for public commands. */
  principal?: string;
  timeoutMs?: number;
  requestId?: string;
  idempotencyKey?: string;
  /** Overrides the trace of the running context. */
  traceparent?: string;
  /** Whose HTTP request this is; only the gateway says so. */
  client?: ClientRef;
}

export function requestHeaders(options: RequestOptions): MsgHdrs {
  const headers = newHeaders();
  if (options.principal) headers.set(HEADERS.principal, options.principal);
  if (options.requestId) headers.set(HEADERS.requestId, options.requestId);
  if (options.idempotencyKey) headers.set(HEADERS.idempotencyKey, options.idempotencyKey);
  if (options.client) {
    headers.set(HEADERS.clientAddress, options.client.address);
    if (options.client.userAgent) headers.set(HEADERS.userAgent, options.client.userAgent);
  }
  if (options.traceparent) headers.set(HEADERS.traceparent, options.traceparent);
  else propagation.inject(otelContext.active(), headers, { set: (carrier, key, value) => carrier.set(key, value) });
  return headers;
}
