import { Injectable } from '@nestjs/common';
import type { AuditEntry, ServiceName } from '@rpa/contracts';
import { Database, Transactions } from '@rpa/platform';

/** What is kept of an entry; `body` is the text that the chain covers, the rest are the columns that it is found by. */
export interface ChainedRecord {
  seq: number;
  id: string;
  at: Date;
  service: string;
  action: string;
  actor_id: string;
  resource_type: string;
  resource_id: string;
  body: string;
  hash: Buffer;
}

export interface ChainHead {
  seq: number;
  hash: Buffer;
  signature: Buffer;
}

/** Text of an entry as the chain covers it. */
export type AuditBody = Omit<AuditEntry, 'organizationId' | 'id'> & { id: string; service: ServiceName };

const COLUMNS = 'seq::float8 AS seq, id, at, service, action, actor_id, resource_type, resource_id, body, hash';

@Injectable()
export class AuditRepository {
  constructor(
    private readonly transactions: Transactions,
    readonly database: Database,
  ) {}

  /** Waits for whoever else appends to this chain; call it in a transaction. */
  async lockHead(organizationId: string): Promise<ChainHead | null> {
    const [head] = await this.transactions.manager.query<ChainHead[]>(
      `SELECT seq::float8 AS seq, hash, signature FROM auth.audit_heads WHERE organization_id = $1 FOR UPDATE`,
      [organizationId],
    );
    return head ?? null;
  }

  async lastSeq(organizationId: string): Promise<number> {
    const [row] = await this.transactions.manager.query<{ seq: number }[]>(
      'SELECT coalesce(max(seq), 0)::float8 AS seq FROM auth.audit_records WHERE organization_id = $1',
      [organizationId],
    );
    return row?.seq ?? 0;
  }

  async knownIds(organizationId: string, ids: string[]): Promise<Set<string>> {
    const rows = await this.transactions.manager.query<{ id: string }[]>(
      'SELECT id FROM auth.audit_records WHERE organization_id = $1 AND id = ANY ($2::uuid[])',
      [organizationId, ids],
    );
    return new Set(rows.map((row) => row.id));
  }

  async insert(organizationId: string, records: ChainedRecord[]): Promise<void> {
    const column = <Name extends keyof ChainedRecord>(name: Name): ChainedRecord[Name][] =>
      records.map((record) => record[name]);
    await this.transactions.manager.query(
      `INSERT INTO auth.audit_records
         (organization_id, seq, id, at, service, action, actor_id, resource_type, resource_id, body, hash)
       SELECT $1::uuid, * FROM unnest($2::bigint[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[],
                                      $8::text[], $9::text[], $10::text[], $11::bytea[])`,
      [
        organizationId,
        column('seq'),
        column('id'),
        column('at'),
        column('service'),
        column('action'),
        column('actor_id'),
        column('resource_type'),
        column('resource_id'),
        column('body'),
        column('hash'),
      ],
    );
  }

  async writeHead(organizationId: string, { seq, hash, signature }: ChainHead): Promise<void> {
    await this.transactions.manager.query(
      `INSERT INTO auth.audit_heads (organization_id, seq, hash, signature) VALUES ($1, $2, $3, $4)
       ON CONFLICT (organization_id) DO UPDATE
         SET seq = excluded.seq, hash = excluded.hash, signature = excluded.signature`,
      [organizationId, seq, hash, signature],
    );
  }

  async page(organizationId: string, conditions: string[], values: unknown[], order: string): Promise<ChainedRecord[]> {
    const { rows } = await this.database.pool.query<ChainedRecord>(
      `SELECT ${COLUMNS} FROM auth.audit_records
        WHERE organization_id = $1 ${conditions.map((one) => `AND ${one}`).join(' ')} ORDER BY seq ${order} LIMIT $2`,
      [organizationId, ...values],
    );
    return rows;
  }

  /** Reads head and records of one moment, while entries go on being appended. */
  async snapshot<T>(
    organizationId: string,
    read: (head: ChainHead | null, after: (seq: number, limit: number) => Promise<ChainedRecord[]>) => Promise<T>,
  ): Promise<T> {
    const client = await this.database.pool.connect();
    try {
      await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const head = await client.query<ChainHead>(
        'SELECT seq::float8 AS seq, hash, signature FROM auth.audit_heads WHERE organization_id = $1',
        [organizationId],
      );
      return await read(head.rows[0] ?? null, async (seq, limit) => {
        const { rows } = await client.query<ChainedRecord>({
          name: 'verify-audit',
          text: `SELECT ${COLUMNS} FROM auth.audit_records WHERE organization_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
          values: [organizationId, seq, limit],
        });
        return rows;
      });
    } finally {
      await client.query('ROLLBACK').catch(() => undefined);
      client.release();
    }
  }
}
