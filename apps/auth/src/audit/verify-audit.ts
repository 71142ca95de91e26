import { Inject, Injectable } from '@nestjs/common';
import type { AuditFault, VerifyAuditReply, VerifyAuditRequest } from '@rpa/contracts';
import { CONFIG } from '@rpa/platform';
import type { AuthConfig } from '../auth.config.js';
import { columnsOf } from './append-audit.js';
import { AuditChain, CHAIN_START, sameBytes } from './audit-chain.js';
import { AuditRepository, type AuditBody, type ChainedRecord, type ChainHead } from './audit.repository.js';

const BATCH = 2_000;
const MAX_FAULTS = 20;
/** A call ends before its caller gives up; the next one goes on. */
const WITHIN_MS = 25_000;

/** Walks along the chain of an organization and tells whether it is what was once written. */
@Injectable()
export class VerifyAudit {
  private readonly chain: AuditChain;

  constructor(
    @Inject(CONFIG) config: AuthConfig,
    private readonly records: AuditRepository,
  ) {
    this.chain = new AuditChain(config.auditKey);
  }

  execute(organizationId: string, request: VerifyAuditRequest, withinMs = WITHIN_MS): Promise<VerifyAuditReply> {
    const until = performance.now() + withinMs;
    return this.records.snapshot(organizationId, async (head, after) => {
      const walk = new Walk(this.chain, organizationId, head, request);
      const first = request.from ?? 1;
      if (first > 1) walk.continueAfter((await after(first - 2, 1))[0], first);
      for (let last = walk.last; ;) {
        const rows = await after(last, BATCH);
        for (const row of rows) walk.see(row);
        if (rows.length < BATCH) return walk.end();
        last = walk.last;
        if (performance.now() > until) return walk.interrupt();
      }
    });
  }
}

class Walk {
  /** Place of the record that was seen last. */
  last = 0;
  private previous: Buffer | null = CHAIN_START;
  private checked = 0;
  private readonly faults: AuditFault[] = [];
  private readonly anchor: { seq: number; hash: string } | null;

  constructor(
    private readonly chain: AuditChain,
    private readonly organizationId: string,
    private readonly head: ChainHead | null,
    { anchor }: VerifyAuditRequest,
  ) {
    const [seq, hash] = anchor?.split('.') ?? [];
    this.anchor = seq && hash ? { seq: Number(seq), hash } : null;
  }

  continueAfter(before: ChainedRecord | undefined, first: number): void {
    this.last = first - 1;
    this.previous = before?.seq === first - 1 ? before.hash : null;
  }

  see(row: ChainedRecord): void {
    if (row.seq > this.last + 1) {
      const lost =
        row.seq === this.last + 2 ? `Record ${this.last + 1} is` : `Records ${this.last + 1} to ${row.seq - 1} are`;
      this.fault(this.last + 1, 'missing', `${lost} missing.`);
      // What should have come before is unknown: this record cannot be checked against it.
      this.previous = null;
    }
    this.checked++;
    this.last = row.seq;
    const expected = this.previous && this.chain.link(this.organizationId, row.seq, this.previous, row.body);
    if (expected && !sameBytes(expected, row.hash))
      this.fault(
        row.seq,
        'changed',
        `Record ${row.seq} is not what was written, or does not stand where it was written.`,
      );
    else if (!columnsMatch(row))
      this.fault(row.seq, 'changed', `The columns by which record ${row.seq} is found do not say what it says.`);
    if (this.head && row.seq > this.head.seq)
      this.fault(row.seq, 'added', `Record ${row.seq} lies beyond the end of the chain.`);
    if (this.anchor?.seq === row.seq && this.anchor.hash !== row.hash.toString('base64url'))
      this.fault(row.seq, 'anchor', `Record ${row.seq} is not the one that the anchor names.`);
    this.previous = row.hash;
  }

  end(): VerifyAuditReply {
    const { head, last } = this;
    if (!head) this.fault(last, 'head', 'The head of the chain is gone.');
    else {
      if (!sameBytes(this.chain.signHead(this.organizationId, head.seq, head.hash), head.signature))
        this.fault(head.seq, 'head', 'The head of the chain was changed.');
      if (head.seq > last)
        this.fault(last + 1, 'truncated', `The chain ends after record ${last}; it had ${head.seq}.`);
      else if (head.seq === last && this.previous && !sameBytes(head.hash, this.previous))
        this.fault(last, 'changed', `Record ${last} is not the one that the head names.`);
    }
    if (this.anchor && this.anchor.seq > last)
      this.fault(
        last + 1,
        'anchor',
        `The chain ends after record ${last}; the anchor names record ${this.anchor.seq}.`,
      );
    return this.reply(null);
  }

  interrupt(): VerifyAuditReply {
    return this.reply(this.last + 1);
  }

  private reply(next: number | null): VerifyAuditReply {
    const { head, faults, checked } = this;
    const anchor = `${head?.seq ?? 0}.${(head?.hash ?? CHAIN_START).toString('base64url')}`;
    return { valid: faults.length === 0, checked, total: head?.seq ?? 0, faults, anchor, next };
  }

  private fault(seq: number, kind: AuditFault['kind'], message: string): void {
    if (this.faults.length < MAX_FAULTS) this.faults.push({ seq, kind, message });
  }
}

/** The columns are an index of the text; a list that is filtered by changed ones would hide records. */
function columnsMatch(row: ChainedRecord): boolean {
  try {
    const body = JSON.parse(row.body) as AuditBody;
    const wanted = columnsOf(body);
    return (
      wanted.id === row.id &&
      wanted.at.getTime() === row.at.getTime() &&
      wanted.action === row.action &&
      wanted.actor_id === row.actor_id &&
      wanted.resource_type === row.resource_type &&
      wanted.resource_id === row.resource_id &&
      body.service === row.service
    );
  } catch {
    return false;
  }
}
