import { AppError, ExecutionFilterRequest, isTerminal, type ExecutionStatus, type JsonObject } from '@rpa/contracts';
import { validateMessage } from '@rpa/platform';
import type { ExecutionsRepository } from '../read/executions.repository.js';
import { toFilter } from '../read/list-executions.js';
import type { BulkFilter } from './bulk-operations.repository.js';

const BATCH = 100;
const COUNT_UP_TO = 100_000;

export interface FoundBatch {
  executions: { id: string; status: ExecutionStatus; ended: boolean }[];
  /** Ids that are not the organization's. */
  missing: string[];
  cursor: string | null;
}

/** The executions that a bulk operation is about, batch by batch. */
export class FindExecutions {
  constructor(private readonly executions: ExecutionsRepository) {}

  /** The filter as it is kept; refuses what the list would refuse. */
  async check(filter: JsonObject): Promise<JsonObject> {
    try {
      const { limit, cursor, sort, ...checked } = await validateMessage(ExecutionFilterRequest, filter);
      const paging = Object.entries({ limit, cursor, sort }).find(([, value]) => value !== undefined)?.[0];
      if (paging !== undefined) throw new AppError('validation_failed', `'filter.${paging}' is for lists only.`);
      const now = new Date(Date.now() + 1).toISOString();
      const to = checked.to !== undefined && checked.to < now ? checked.to : now;
      const kept = { ...checked, to };
      toFilter(kept);
      return { ...kept } as JsonObject;
    } catch (error) {
      if (!AppError.is(error)) throw error;
      const errors = error.errors?.map((fault) => ({ ...fault, path: `filter.${fault.path}` }));
      throw new AppError('validation_failed', error.message, errors && { errors });
    }
  }

  /** Null: more than can be counted quickly. */
  count(organizationId: string, { list, ids }: BulkFilter): Promise<number | null> | number {
    if (ids) return ids.length;
    return this.executions.count(organizationId, toFilter(list ?? {}), COUNT_UP_TO);
  }

  async batch(organizationId: string, { list, ids }: BulkFilter, cursor: string | null): Promise<FoundBatch> {
    if (ids) return this.ofIds(organizationId, ids, cursor === null ? 0 : Number(cursor));
    const page = await this.executions.list(organizationId, {
      ...toFilter(list ?? {}),
      limit: BATCH,
      ...(cursor !== null && { cursor }),
    });
    return { executions: page.data.map(briefOf), missing: [], cursor: page.nextCursor };
  }

  private async ofIds(organizationId: string, ids: readonly string[], from: number): Promise<FoundBatch> {
    const wanted = ids.slice(from, from + BATCH);
    const rows = await this.executions.byIds(organizationId, wanted);
    const known = new Set(rows.map((row) => row.id));
    return {
      executions: rows.map(briefOf),
      missing: wanted.filter((id) => !known.has(id)),
      cursor: from + BATCH < ids.length ? String(from + BATCH) : null,
    };
  }
}

function briefOf({ id, status }: { id: string; status: string }): FoundBatch['executions'][number] {
  return { id, status: status as ExecutionStatus, ended: isTerminal(status as ExecutionStatus) };
}
