/** NATS headers that carry what HTTP carries in headers. */
export const HEADERS = {
  principal: 'rpa-principal',
  traceparent: 'traceparent',
  requestId: 'rpa-request-id',
  idempotencyKey: 'rpa-idempotency-key',
  /** On a reply: the body is an {@link ErrorBody}. */
  error: 'rpa-error',
  /** On a request or reply whose body travels in that many parts. */
  parts: 'rpa-parts',
} as const;
