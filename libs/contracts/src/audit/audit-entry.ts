import type { ServiceName } from '../principal/services.js';
import type { JsonObject, JsonValue } from '../values/json.js';

/** Who did something. `anonymous` where nobody was signed in yet, e.g. a login that failed. */
export interface AuditActor {
  kind: 'user' | 'service' | 'api_key' | 'anonymous';
  /** Id of the user or the API key, name of the service, `-` for nobody. */
  id: string;
  name?: string;
}

/** What it was done to. */
export interface AuditResource {
  /** Noun of the row, e.g. `workflow`. */
  type: string;
  id: string;
  /** How people call it, as it was at that moment. */
  name?: string;
}

/** One thing that happened, as the service that did it hands it to the log. Secrets are masked before it is kept. */
export interface AuditEntry {
  /** UUIDv7, minted with the change: what makes a repeated delivery harmless. */
  id: string;
  organizationId: string;
  /** RFC 3339 UTC with milliseconds, by the clock of the service. */
  at: string;
  /** `<noun>.<past tense>`, e.g. `workflow.published`. */
  action: string;
  actor: AuditActor;
  resource: AuditResource;
  /** Fields that changed, as they were. */
  before?: JsonObject;
  /** Fields that changed, as they are now; or what an action without a change was about. */
  after?: JsonObject;
  ip?: string;
  userAgent?: string;
  traceId?: string;
  requestId?: string;
}

/** An entry as it is read back: with its place in the organization's chain. */
export interface AuditRecordView extends Omit<AuditEntry, 'organizationId' | 'before' | 'after'> {
  /** From 1, without gaps. */
  seq: number;
  /** Who wrote it down. */
  service: ServiceName;
  before: JsonObject | null;
  after: JsonObject | null;
  /** HMAC-SHA256 over the record before it and this one; base64url. */
  hash: string;
}

/** Form of `<noun>.<past tense>`. */
export const AUDIT_ACTION = /^[a-z][a-z_]*(\.[a-z][a-z_]*){1,3}$/;

/** One entry as JSON is never larger; longer values are cut when it is recorded. */
export const AUDIT_ENTRY_LIMIT = 24 * 1024;

/** Stands where a secret was. */
export const MASKED: JsonValue = '***';
