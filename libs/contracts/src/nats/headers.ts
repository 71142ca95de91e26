/** NATS headers that carry what HTTP carries in headers. */
export const HEADERS = {
  principal: 'rpa-principal',
  traceparent: 'traceparent',
  requestId: 'rpa-request-id',
  idempotencyKey: 'rpa-idempotency-key',
  /** Where a person's request came from, as the gateway saw it; believed because only the gateway may speak for people. */
  clientAddress: 'rpa-client-address',
  userAgent: 'rpa-user-agent',
  /** On a reply: the body is an {@link ErrorBody}. */
  error: 'rpa-error',
  /** On a request or reply whose body travels in that many parts. */
  parts: 'rpa-parts',
} as const;
