import { AppError, type BulkAction, type BulkCancelRequest, type BulkOperation, type JsonObject } from '@rpa/contracts';
import { v7 as newId } from 'uuid';
import type { BulkFilter, BulkOperationsRepository, StoredBulk } from './bulk-operations.repository.js';
import type { FindExecutions } from './find-executions.js';

export interface AskedBulk {
  organizationId: string;
  by: string | undefined;
  idempotencyKey: string | null;
  fingerprint: string;
}

/** Accepts an operation on many executions; it is durable with the answer and carried out by whichever replica is there. */
export class RequestBulk {
  constructor(
    private readonly bulks: BulkOperationsRepository,
    private readonly find: FindExecutions,
    private readonly wake: () => void,
  ) {}

  async execute(action: BulkAction, request: BulkCancelRequest, asked: AskedBulk): Promise<BulkOperation> {
    const { organizationId, by, idempotencyKey, fingerprint } = asked;
    const known = idempotencyKey === null ? null : await this.bulks.byKey(organizationId, idempotencyKey);
    if (known) return sameOf(known, fingerprint);
    const filter = await this.filterOf(request);
    const added = await this.bulks.add({
      id: newId(),
      organizationId,
      action,
      filter,
      reason: request.reason ?? null,
      requestedBy: by ?? null,
      total: await this.find.count(organizationId, filter),
      idempotencyKey,
      fingerprint,
    });
    if (added) {
      this.wake();
      return toBulkOperation(added);
    }
    const first = await this.bulks.byKey(organizationId, idempotencyKey ?? '');
    if (!first) throw new AppError('unavailable', 'The operation was not taken; try again.');
    return sameOf(first, fingerprint);
  }

  async get(organizationId: string, id: string): Promise<BulkOperation> {
    return toBulkOperation(await this.bulks.get(organizationId, id));
  }

  /** What is there now; what begins later is left alone. */
  private async filterOf({ filter, ids }: BulkCancelRequest): Promise<BulkFilter> {
    if (ids && filter) refuse('ids', 'goes without a filter');
    if (ids) return { ids: [...new Set(ids)] };
    if (!filter || Object.keys(filter).length === 0)
      refuse('filter', 'must name at least one field, or ids must be given');
    return { list: await this.find.check(filter as JsonObject) };
  }
}

function sameOf(known: StoredBulk, fingerprint: string): BulkOperation {
  if (known.fingerprint !== fingerprint) throw new AppError('idempotency_mismatch');
  return toBulkOperation(known);
}

function refuse(path: string, message: string): never {
  throw new AppError('validation_failed', `'${path}' ${message}.`, { errors: [{ path, code: 'bulk', message }] });
}

function toBulkOperation(row: StoredBulk): BulkOperation {
  const { id, action, status, total, processed, succeeded, skipped, failed, errors } = row;
  const [createdAt, completedAt] = [row.createdAt.toISOString(), row.completedAt?.toISOString() ?? null];
  return { id, action, status, total, processed, succeeded, skipped, failed, errors, createdAt, completedAt };
}
