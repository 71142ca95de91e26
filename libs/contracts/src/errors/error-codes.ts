interface ErrorDefinition {
  /** HTTP status of the problem details. */
  status: number;
  title: string;
  /** Whether the same request may succeed later. */
  retryable?: true;
}

/** Every error that crosses a service boundary. Clients rely on the codes; texts may change and are never parsed. */
export const ERRORS = {
  bad_request: { status: 400, title: 'The request could not be read' },
  invalid_json: { status: 400, title: 'The body is not valid JSON' },
  unauthenticated: { status: 401, title: 'Authentication is required' },
  invalid_credentials: { status: 401, title: 'E-mail or password is wrong' },
  invalid_token: { status: 401, title: 'The token is not valid' },
  forbidden: { status: 403, title: 'A permission is missing' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The path does not take this method' },
  conflict: { status: 409, title: 'The change conflicts with what is stored' },
  already_exists: { status: 409, title: 'Something with this name or key exists' },
  /** The workflow runs or starts as often as it may, and its settings say to skip what comes beyond. */
  start_skipped: { status: 409, title: 'The start was skipped, as the workflow says' },
  workflow_not_published: { status: 409, title: 'The workflow has no published version' },
  idempotency_running: {
    status: 409,
    title: 'The first request with this Idempotency-Key is still running',
    retryable: true,
  },
  stale: { status: 412, title: 'The resource has changed since it was read' },
  too_large: { status: 413, title: 'The request is too large' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported' },
  validation_failed: { status: 422, title: 'The request was understood and refused' },
  definition_invalid: { status: 422, title: 'The workflow definition has faults' },
  inputs_invalid: { status: 422, title: 'The inputs do not match what the workflow asks for' },
  idempotency_mismatch: { status: 422, title: 'The Idempotency-Key was used with another body' },
  credential_refused: { status: 422, title: 'The credential cannot be used here' },
  precondition_required: { status: 428, title: 'If-Match is required' },
  rate_limited: { status: 429, title: 'Too many requests', retryable: true },
  quota_exceeded: { status: 429, title: 'A quota of the organization is used up', retryable: true },
  file_damaged: { status: 500, title: 'The stored file is not what was stored' },
  internal: { status: 500, title: 'Something failed that should not' },
  not_configured: { status: 503, title: 'This part of the installation is not configured' },
  upstream_failed: { status: 502, title: 'A system that we called answered with an error' },
  overloaded: { status: 503, title: 'Too much work at the moment', retryable: true },
  unavailable: { status: 503, title: 'A part of the system is not available', retryable: true },
  timeout: { status: 504, title: 'No answer in time', retryable: true },
} as const satisfies Record<string, ErrorDefinition>;
export type ErrorCode = keyof typeof ERRORS;

export function errorStatus(code: ErrorCode): number {
  return ERRORS[code].status;
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}
