import { Injectable } from '@nestjs/common';
import {
  AppError,
  type AuditRecordView,
  type ListAuditRecordsReply,
  type ListAuditRecordsRequest,
} from '@rpa/contracts';
import { AuditRepository, type AuditBody, type ChainedRecord } from './audit.repository.js';

const DEFAULT_LIMIT = 50;

/** Reads the log of an organization by any of its columns. */
@Injectable()
export class ListAudit {
  constructor(private readonly records: AuditRepository) {}

  async execute(organizationId: string, request: ListAuditRecordsRequest): Promise<ListAuditRecordsReply> {
    const limit = request.limit ?? DEFAULT_LIMIT;
    const ascending = request.sort === 'asc';
    const { conditions, values } = filters(request, ascending);
    const rows = await this.records.page(
      organizationId,
      conditions,
      [limit + 1, ...values],
      ascending ? 'ASC' : 'DESC',
    );
    const data = rows.slice(0, limit).map(toView);
    const last = rows.length > limit ? data.at(-1) : undefined;
    return { data, nextCursor: last ? encode(last.seq) : null };
  }
}

/** Parameters 1 and 2 are the organization and the limit. */
function filters(request: ListAuditRecordsRequest, ascending: boolean): { conditions: string[]; values: unknown[] } {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const where = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length + 2}`));
  };
  const { action, cursor } = request;
  where((p) => `seq ${ascending ? '>' : '<'} ${p}`, cursor === undefined ? undefined : decode(cursor));
  if (action?.endsWith('.*')) where((p) => `starts_with(action, ${p})`, action.slice(0, -1));
  else where((p) => `action = ${p}`, action);
  where((p) => `actor_id = ${p}`, request.actorId);
  where((p) => `resource_type = ${p}`, request.resourceType);
  where((p) => `resource_id = ${p}`, request.resourceId);
  where((p) => `service = ${p}`, request.service);
  where((p) => `at >= ${p}`, request.from);
  where((p) => `at < ${p}`, request.to);
  return { conditions, values };
}

function toView(row: ChainedRecord): AuditRecordView {
  const { before = null, after = null, ...body } = JSON.parse(row.body) as AuditBody;
  return { seq: row.seq, ...body, before, after, hash: row.hash.toString('base64url') };
}

function encode(seq: number): string {
  return Buffer.from(String(seq)).toString('base64url');
}

function decode(cursor: string): number {
  const seq = Buffer.from(cursor, 'base64url').toString();
  if (/^\d{1,15}$/.test(seq)) return Number(seq);
  throw new AppError('validation_failed', 'The cursor is not one that this list gave.', {
    errors: [{ path: 'cursor', code: 'cursor', message: 'must be the nextCursor of the page before' }],
  });
}
