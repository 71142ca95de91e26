import { Inject, Injectable } from '@nestjs/common';
import {
  AUDIT_ACTION,
  AUDIT_ENTRY_LIMIT,
  ID_PATTERN,
  type AppendAuditReply,
  type AuditEntry,
  type ServiceName,
} from '@rpa/contracts';
import { CONFIG, LOGGER, Transactions, type Logger } from '@rpa/platform';
import type { AuthConfig } from '../auth.config.js';
import { AuditChain, CHAIN_START } from './audit-chain.js';
import { AuditRepository, type AuditBody, type ChainedRecord, type ChainHead } from './audit.repository.js';

/** An entry is about twice its limit when every character of it had to be escaped. */
const BODY_LIMIT = AUDIT_ENTRY_LIMIT * 2;

/** Adds entries to the chains of their organizations, each once, in the order in which they come. */
@Injectable()
export class AppendAudit {
  private readonly chain: AuditChain;

  constructor(
    @Inject(CONFIG) config: AuthConfig,
    private readonly records: AuditRepository,
    private readonly transactions: Transactions,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.chain = new AuditChain(config.auditKey);
  }

  /** An organization whose chain cannot be written now does not hold up the others: its entries come again. */
  async execute(entries: AuditEntry[], service: ServiceName): Promise<AppendAuditReply> {
    const refused = entries.flatMap((entry) => faultOf(entry) ?? []);
    const bad = new Set(refused.map(({ id }) => id));
    const kept: string[] = [];
    for (const [organizationId, own] of byOrganization(entries.filter((entry) => !bad.has(String(entry?.id)))))
      try {
        await this.transactions.run(() => this.append(organizationId, own, service));
        kept.push(...own.map((entry) => entry.id));
      } catch (error) {
        this.logger.error({ err: error, organizationId }, 'Audit entries could not be appended');
      }
    return { kept, refused };
  }

  /** Begins the chain of an organization; call it in the transaction that creates the organization. */
  async begin(organizationId: string, first: AuditEntry): Promise<void> {
    if (await this.records.lockHead(organizationId)) return;
    await this.write(organizationId, { seq: 0, hash: CHAIN_START }, [first], 'auth');
  }

  private async append(organizationId: string, entries: AuditEntry[], service: ServiceName): Promise<void> {
    const head = (await this.records.lockHead(organizationId)) ?? (await this.afterLoss(organizationId));
    const ids = entries.map((entry) => entry.id);
    const known = await this.records.knownIds(organizationId, ids);
    const fresh = entries.filter((entry, index) => !known.has(entry.id) && ids.indexOf(entry.id) === index);
    if (fresh.length > 0) await this.write(organizationId, head, fresh, service);
  }

  /**
   * Every organization has a head from its beginning. Where it is gone somebody removed it: the chain goes on after a gap
   * that no verification will ever overlook.
   */
  private async afterLoss(organizationId: string): Promise<Pick<ChainHead, 'seq' | 'hash'>> {
    this.logger.error({ organizationId }, 'The head of an audit chain is gone; the chain goes on after a gap');
    return { seq: (await this.records.lastSeq(organizationId)) + 1, hash: CHAIN_START };
  }

  private async write(
    organizationId: string,
    head: Pick<ChainHead, 'seq' | 'hash'>,
    entries: AuditEntry[],
    service: ServiceName,
  ): Promise<void> {
    let { seq, hash } = head;
    const records = entries.map((entry): ChainedRecord => {
      const { organizationId: _, ...rest } = entry;
      const body = JSON.stringify({ ...rest, service } satisfies AuditBody);
      hash = this.chain.link(organizationId, ++seq, hash, body);
      return { ...columnsOf(entry), seq, service, body, hash };
    });
    await this.records.insert(organizationId, records);
    const signature = this.chain.signHead(organizationId, seq, hash);
    await this.records.writeHead(organizationId, { seq, hash, signature });
  }
}

/** What PostgreSQL takes as text: no NUL, no half of a character. */
export function asColumn(text: string): string {
  return Buffer.from(text.replaceAll('\0', '')).toString();
}

export function columnsOf(
  entry: Pick<AuditEntry, 'id' | 'at' | 'action' | 'actor' | 'resource'>,
): Omit<ChainedRecord, 'seq' | 'service' | 'body' | 'hash'> {
  return {
    id: entry.id,
    at: new Date(entry.at),
    action: entry.action,
    actor_id: asColumn(entry.actor.id),
    resource_type: asColumn(entry.resource.type),
    resource_id: asColumn(entry.resource.id),
  };
}

function byOrganization(entries: AuditEntry[]): Map<string, AuditEntry[]> {
  const groups = new Map<string, AuditEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.organizationId);
    if (group) group.push(entry);
    else groups.set(entry.organizationId, [entry]);
  }
  return groups;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= 500;

/** Services write these entries, so this is a last line: one that is no entry must not stop the others. */
function faultOf(entry: AuditEntry): { id: string; reason: string } | null {
  const id = String(entry?.id);
  const isWhole =
    ID_PATTERN.test(id) &&
    ID_PATTERN.test(String(entry.organizationId)) &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(entry.at)) &&
    !Number.isNaN(Date.parse(entry.at)) &&
    AUDIT_ACTION.test(String(entry.action)) &&
    [entry.actor?.kind, entry.actor?.id, entry.resource?.type, entry.resource?.id].every(isText);
  if (!isWhole) return { id, reason: 'It lacks id, organization, time, action, actor or resource.' };
  const bytes = Buffer.byteLength(JSON.stringify(entry));
  return bytes > BODY_LIMIT ? { id, reason: `It has ${bytes} bytes; ${BODY_LIMIT} are allowed.` } : null;
}
