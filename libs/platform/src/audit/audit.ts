import {
  AUDIT_ACTION,
  AUDIT_ENTRY_LIMIT,
  secretsOf,
  type AuditActor,
  type AuditEntry,
  type AuditResource,
  type JsonObject,
  type Principal,
} from '@rpa/contracts';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database/database.js';
import type { Transactions } from '../database/transactions.js';
import { currentTraceId } from '../trace/tracing.js';
import { currentAuditScope, type AuditScope } from './audit-scope.js';
import { maskSecrets } from './mask-secrets.js';

/** What a use case says about what it did; actor, address and trace come from the command that is being handled. */
export interface AuditRecord {
  /** `<noun>.<past tense>`; that of the command's `audit`, or another of the same kind. */
  action: string;
  resource: AuditResource;
  /** Views as they were and are; fields that did not change are left out. Secrets are masked. */
  before?: object | null;
  after?: object | null;
  /** Where no principal tells it, e.g. a login. */
  organizationId?: string;
  /** Where no principal tells it. */
  actor?: AuditActor;
}

/** Where the row is written: the transaction of the change. A `pg` client and TypeORM's manager both fit. */
export interface AuditConnection {
  query(text: string, values: unknown[]): Promise<unknown>;
}

/** Parameters for a statement of one's own: `INSERT INTO <schema>.audit_outbox (id, organization_id, entry)`. */
export interface AuditDraft {
  id: string;
  organizationId: string;
  /** JSON. */
  entry: string;
}

/**
 * Writes what was done into the service's own outbox, in the transaction of the change: both commit or neither does. A
 * relay then hands the rows to the audit log, in order and at least once.
 */
export class Audit {
  constructor(
    private readonly database: Database,
    private readonly transactions: Transactions,
  ) {}

  /** @param connection the transaction; default: the one that runs (`Transactions.run`) */
  async record(record: AuditRecord, connection?: AuditConnection): Promise<void> {
    const { id, organizationId, entry } = this.draft(record);
    const target = connection ?? this.runningTransaction(record.action);
    await target.query(
      `INSERT INTO ${this.database.schema}.audit_outbox (id, organization_id, entry) VALUES ($1, $2, $3)`,
      [id, organizationId, entry],
    );
  }

  /** For hand-written statements that insert the outbox row themselves, together with the change. */
  draft(record: AuditRecord): AuditDraft {
    const scope = currentAuditScope();
    const entry = toEntry(record, scope);
    if (scope) scope.recorded++;
    return { id: entry.id, organizationId: entry.organizationId, entry: bounded(entry) };
  }

  /** Whether a command is being handled that belongs into the log: what goes on by itself is not anybody's deed. */
  get isDue(): boolean {
    return typeof currentAuditScope()?.command.audit === 'string';
  }

  private runningTransaction(action: string): AuditConnection {
    if (!this.transactions.isRunning)
      throw new Error(
        `'${action}' was recorded outside of the transaction of its change: wrap both in Transactions.run.`,
      );
    return this.transactions.manager;
  }
}

function toEntry(record: AuditRecord, scope: AuditScope | undefined): AuditEntry {
  if (!AUDIT_ACTION.test(record.action)) throw new Error(`'${record.action}' is no action like workflow.published.`);
  const organizationId = record.organizationId ?? scope?.context.principal?.organizationId;
  if (!organizationId) throw new Error(`'${record.action}' belongs to no organization.`);
  const secrets = new Set(scope ? secretsOf(scope.command.request) : []);
  const traceId = currentTraceId();
  const { client, requestId } = scope?.context ?? {};
  return {
    id: uuidv7(),
    organizationId,
    at: new Date().toISOString(),
    action: record.action,
    actor: record.actor ?? actorOf(scope?.context.principal ?? null),
    resource: record.resource,
    ...changes(record.before, record.after, secrets),
    ...(client && { ip: client.address, userAgent: client.userAgent.slice(0, 200) }),
    ...(traceId && { traceId }),
    ...(requestId && { requestId }),
  };
}

/** Who a principal is, as the log names it. */
export function actorOf(principal: Principal | null): AuditActor {
  if (principal?.kind === 'service') return { kind: 'service', id: principal.service };
  if (principal?.kind === 'user') return { kind: 'user', id: principal.userId };
  return { kind: 'anonymous', id: '-' };
}

type Changes = Pick<AuditEntry, 'before' | 'after'>;

/** Only what differs: `updatedAt` and its like say nothing that the entry does not say. */
function changes(before: AuditRecord['before'], after: AuditRecord['after'], secrets: ReadonlySet<string>): Changes {
  const was = before ? maskSecrets(before, secrets) : null;
  const is = after ? maskSecrets(after, secrets) : null;
  if (was && is)
    for (const [name, value] of Object.entries(was))
      if (JSON.stringify(value) === JSON.stringify(is[name]) && !differs(before, after, name)) {
        delete was[name];
        delete is[name];
      }
  return { ...(was && { before: was }), ...(is && { after: is }) };
}

/** Two secrets look alike once they are masked; that one has changed shall be seen. */
function differs(before: AuditRecord['before'], after: AuditRecord['after'], name: string): boolean {
  const of = (view: AuditRecord['before']): string | undefined => JSON.stringify((view as JsonObject | null)?.[name]);
  return of(before) !== of(after);
}

function bounded(entry: AuditEntry): string {
  const text = JSON.stringify(entry);
  if (Buffer.byteLength(text) <= AUDIT_ENTRY_LIMIT) return text;
  const cut = (value: JsonObject | undefined): JsonObject | undefined =>
    value && { $cut: `${Buffer.byteLength(JSON.stringify(value))} bytes`, fields: Object.keys(value).slice(0, 50) };
  const { before, after, ...rest } = entry;
  const short = { ...rest, ...(before && { before: cut(before) }), ...(after && { after: cut(after) }) };
  return JSON.stringify(short);
}
