import { readLabel, type ExecutionFilterRequest, type ExecutionStatus } from '@rpa/contracts';
import { ExecutionEntity } from '@rpa/entities/executions';
import {
  decodePosition,
  encodeCursor,
  TenantRepository,
  type Page,
  type Position,
  type Transactions,
} from '@rpa/platform';
import { In, type SelectQueryBuilder } from 'typeorm';
import { idAt } from '../journal/journal-partitions.js';
import { ERROR_WORDS } from '../migrations/1795373500000-execution-lists.js';

const DEFAULT_LIMIT = 50;
/** Errors that are sorted at most. */
const COMMON = 1_000;
const SEARCHED = `(websearch_to_tsquery('simple', :search) && quote_literal(:organizationWord)::tsquery)`;

/** Columns that lists show; inputs and outputs are read one execution at a time. */
const SUMMARY: (keyof ExecutionEntity)[] = [
  'id',
  'organizationId',
  'workflowId',
  'versionId',
  'workflowName',
  'workflowVersion',
  'status',
  'heldBack',
  'test',
  'triggerType',
  'triggerId',
  'error',
  'parentId',
  'rerunOf',
  'priority',
  'labels',
  'businessKey',
  'traceparent',
  'settled',
  'total',
  'createdAt',
  'updatedAt',
  'startedAt',
  'completedAt',
];

export interface ExecutionFilter extends Omit<ExecutionFilterRequest, 'from' | 'to' | 'limit' | 'cursor'> {
  /** Epoch milliseconds. */
  from?: number;
  to?: number;
}

export interface ExecutionPage extends ExecutionFilter {
  limit?: number;
  cursor?: string;
}

type Query = SelectQueryBuilder<ExecutionEntity>;

/** Summary rows of an organization, for reading. */
export class ExecutionsRepository {
  private readonly rows: TenantRepository<ExecutionEntity>;

  constructor(private readonly transactions: Transactions) {
    this.rows = new TenantRepository(transactions, ExecutionEntity, 'execution');
  }

  get(organizationId: string, id: string): Promise<ExecutionEntity> {
    return this.rows.get(organizationId, id);
  }

  /** What those need to know who only act on an execution. */
  async brief(organizationId: string, id: string): Promise<{ status: ExecutionStatus; id: string; versionId: string }> {
    const { versionId, status } = await this.rows.get(organizationId, id);
    return { id, versionId, status: status as ExecutionStatus };
  }

  /** Newest first unless `sort` says otherwise. */
  async list(organizationId: string, page: ExecutionPage): Promise<Page<ExecutionEntity>> {
    const limit = page.limit ?? DEFAULT_LIMIT;
    const isCommon = page.search !== undefined && (await this.isCommon(organizationId, page.search));
    const data = await this.query(organizationId, page, isCommon).getMany();
    const rows = data.slice(0, limit);
    const last = rows.at(-1);
    if (data.length <= limit || !last) return { data: rows, nextCursor: null };
    const value = sortsByChange(page) ? last.updatedAt.toISOString() : undefined;
    return { data: rows, nextCursor: encodeCursor(last.id, scopeOf(organizationId, page), value) };
  }

  /** Null: more than `upTo`. */
  async count(organizationId: string, filter: ExecutionFilter, upTo: number): Promise<number | null> {
    const [statement, parameters] = this.statement(organizationId, { ...filter, limit: upTo });
    const [row] = await this.transactions.manager.query<{ found: number }[]>(
      `SELECT count(*)::int AS found FROM (${statement}) f`,
      parameters,
    );
    return row && row.found <= upTo ? row.found : null;
  }

  async byIds(organizationId: string, ids: readonly string[]): Promise<Pick<ExecutionEntity, 'id' | 'status'>[]> {
    return this.rows.findMany(organizationId, { id: In([...ids]) }, ids.length);
  }

  /** Whether so many errors hold these words that sorting them would take longer than looking for the newest. */
  private async isCommon(organizationId: string, search: string): Promise<boolean> {
    const rows: unknown[] = await this.transactions.manager
      .getRepository(ExecutionEntity)
      .createQueryBuilder('e')
      .select('1')
      .where('e.organizationId = :organizationId AND e.error IS NOT NULL', { organizationId })
      .andWhere(`${ERROR_WORDS} @@ ${SEARCHED}`, { search, organizationWord: `org:${organizationId}` })
      .limit(COMMON)
      .getRawMany();
    return rows.length >= COMMON;
  }

  /** The statement behind {@link list}, to look at its plan. */
  statement(organizationId: string, page: ExecutionPage): [string, unknown[]] {
    return this.query(organizationId, page).getQueryAndParameters();
  }

  /** Ids begin with the time of creation, so each filter and order is a range of one index. */
  private query(organizationId: string, page: ExecutionPage, isCommon = false): Query {
    const { limit = DEFAULT_LIMIT, cursor, ...filter } = page;
    const query = this.transactions.manager
      .getRepository(ExecutionEntity)
      .createQueryBuilder('e')
      .select(SUMMARY.map((column) => `e.${column}`))
      .where('e.organizationId = :organizationId', { organizationId })
      .andWhere(filter.test ? 'e.test' : 'NOT e.test')
      .take(limit + 1);
    addFilters(query, organizationId, filter);
    if (filter.search !== undefined) addSearch(query, organizationId, filter.search, isCommon);
    const direction = page.sort && !page.sort.startsWith('-') ? 'ASC' : 'DESC';
    if (sortsByChange(page)) query.orderBy('e.updatedAt', direction).addOrderBy('e.id', direction);
    else query.orderBy('e.id', direction);
    if (cursor !== undefined) addCursor(query, decodePosition(cursor, scopeOf(organizationId, page)), direction);
    return query;
  }
}

function addFilters(query: Query, organizationId: string, filter: ExecutionFilter): void {
  const { workflowId, status, trigger, version, businessKey, from, to } = filter;
  if (workflowId) query.andWhere('e.workflowId = :workflowId', { workflowId });
  if (status) query.andWhere('e.status = :status', { status });
  if (trigger) query.andWhere('e.triggerType = :trigger', { trigger });
  if (version !== undefined) query.andWhere('e.workflowVersion = :version', { version });
  if (businessKey !== undefined) query.andWhere('e.businessKey = :businessKey', { businessKey });
  if (from !== undefined) query.andWhere('e.id >= :from', { from: idAt(from) });
  if (to !== undefined) query.andWhere('e.id < :to', { to: idAt(to) });
  for (const [index, label] of labelsOf(filter).entries()) {
    const [name, value] = [`name${index}`, `value${index}`];
    query.andWhere(
      `EXISTS (SELECT FROM executions.labels l WHERE l.organization_id = :organizationId AND l.name = :${name}
         AND l.value = :${value} AND l.execution_id = e.id)`,
      { organizationId, [name]: label.name, [value]: label.value },
    );
  }
}

/**
 * Rare words are found in their index, and what it gives is sorted; of common ones the newest are found by walking. The
 * planner cannot tell them apart, so the expression of the index stands there only when it shall be used.
 */
function addSearch(query: Query, organizationId: string, search: string, isCommon: boolean): void {
  const words = isCommon ? `(${ERROR_WORDS} || ''::tsvector)` : ERROR_WORDS;
  query.andWhere(`e.error IS NOT NULL AND ${words} @@ ${SEARCHED}`, {
    search,
    organizationWord: `org:${organizationId}`,
  });
}

function addCursor(query: Query, { id, value }: Position, direction: 'ASC' | 'DESC'): void {
  const sign = direction === 'DESC' ? '<' : '>';
  if (value === undefined) query.andWhere(`e.id ${sign} :cursor`, { cursor: id });
  else query.andWhere(`(e.updatedAt, e.id) ${sign} (:changed, :cursor)`, { changed: value, cursor: id });
}

function labelsOf({ label }: ExecutionFilter): { name: string; value: string }[] {
  const texts = label === undefined ? [] : [label].flat();
  return texts.flatMap((text) => readLabel(text) ?? []);
}

function sortsByChange({ sort }: ExecutionFilter): boolean {
  return sort?.endsWith('updatedAt') ?? false;
}

/** Everything that decides which rows the list has, in which order. */
function scopeOf(organizationId: string, { limit: _, cursor: __, ...filter }: ExecutionPage): string {
  const entries = Object.entries(filter).filter(([, value]) => value !== undefined);
  return JSON.stringify(['executions', organizationId, entries.sort(([one], [other]) => (one < other ? -1 : 1))]);
}
