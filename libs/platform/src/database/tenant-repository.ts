import { AppError, ID_PATTERN } from '@rpa/contracts';
import { IsNull, Not, type DeepPartial, type EntityTarget, type FindOptionsWhere, type Repository } from 'typeorm';
import { decodePosition, encodeCursor } from './cursor.js';
import type { Transactions } from './transactions.js';

const DEFAULT_PAGE = 50;
const MAX_PAGE = 1_000;

/** Columns that every business row has. */
export interface TenantRow {
  id: string;
  organizationId: string;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

export interface PageOptions {
  limit?: number;
  cursor?: string;
  /** A column that is never null, `-` in front for descending; default `-createdAt`. */
  sort?: string;
}

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/**
 * The only way to rows of an organization: every method takes it first and puts it into the statement. Somebody else's
 * row does not exist here (`not_found`).
 */
export class TenantRepository<Row extends TenantRow> {
  constructor(
    private readonly transactions: Transactions,
    private readonly entity: EntityTarget<Row>,
    /** How one row is called in errors, e.g. `workflow`. */
    private readonly noun: string,
  ) {}

  async get(organizationId: string, id: string): Promise<Row> {
    const row = ID_PATTERN.test(id) && (await this.find(organizationId, { id } as FindOptionsWhere<Row>));
    if (!row) throw this.missing();
    return row;
  }

  async find(organizationId: string, where: FindOptionsWhere<Row>): Promise<Row | null> {
    return this.rows.findOne({ where: this.within(organizationId, where) });
  }

  /** Unpaged read for sets that are small by nature; never more than `limit`. */
  async findMany(organizationId: string, where: FindOptionsWhere<Row>, limit = 1_000): Promise<Row[]> {
    return this.rows.find({ where: this.within(organizationId, where), take: limit });
  }

  /**
   * One page, newest first unless `sort` names a column (`name`, `-updatedAt`; equal values by id). The cursor belongs to
   * these conditions, this order and this organization: with others it is refused.
   */
  async page(organizationId: string, where: FindOptionsWhere<Row>, options: PageOptions): Promise<Page<Row>> {
    const limit = Math.min(options.limit ?? DEFAULT_PAGE, MAX_PAGE);
    const { column, direction } = this.orderOf(options.sort);
    const scope = JSON.stringify([this.noun, required(organizationId), where, options.sort ?? '']);
    const query = this.rows.createQueryBuilder('row').where(this.within(organizationId, where));
    if (options.cursor) {
      const { id, value } = decodePosition(options.cursor, scope);
      const sign = direction === 'DESC' ? '<' : '>';
      if (column === 'id') query.andWhere(`row.id ${sign} :id`, { id });
      else query.andWhere(`(row.${column}, row.id) ${sign} (:value, :id)`, { value, id });
    }
    query.orderBy(`row.${column}`, direction);
    if (column !== 'id') query.addOrderBy('row.id', direction);
    const data = await query.take(limit + 1).getMany();
    const more = data.length > limit;
    const rows = more ? data.slice(0, limit) : data;
    const last = rows.at(-1);
    if (!more || !last) return { data: rows, nextCursor: null };
    const value = column === 'id' ? undefined : cursorValue(last[column as keyof Row]);
    return { data: rows, nextCursor: encodeCursor(last.id, scope, value) };
  }

  /** Writes a new row; one whose id exists already, in whatever organization, is refused by the database. */
  async insert(organizationId: string, row: DeepPartial<Row>): Promise<Row> {
    const entity = this.rows.create({ ...row, organizationId: required(organizationId) } as DeepPartial<Row>);
    await this.rows.insert(entity as never);
    return entity;
  }

  /** Changes a row of the organization; `not_found` when it has none with this id, or a deleted one. */
  async update(
    organizationId: string,
    id: string,
    change: Partial<Row>,
    where: FindOptionsWhere<Row> = {} as never,
  ): Promise<void> {
    if ('id' in change || 'organizationId' in change)
      throw new Error(`The id and the organization of a ${this.noun} never change.`);
    const target = this.within(organizationId, { ...where, id, deletedAt: IsNull() });
    const result = await this.rows.update(target, change as never);
    if (result.affected === 0) throw this.missing();
  }

  async softDelete(organizationId: string, id: string): Promise<void> {
    const result = await this.rows.softDelete(this.within(organizationId, { id, deletedAt: IsNull() }));
    if (result.affected === 0) throw this.missing();
  }

  /** Undoes a soft delete; `already_exists` when its name or key has been taken since. */
  async restore(organizationId: string, id: string): Promise<Row> {
    const result = await this.rows.restore(this.within(organizationId, { id, deletedAt: Not(IsNull()) }));
    if (result.affected === 0) throw new AppError('not_found', `There is no deleted ${this.noun} with this id.`);
    return this.get(organizationId, id);
  }

  /** The organization comes last, so that no condition replaces it. */
  private within(organizationId: string, where: object): FindOptionsWhere<Row> {
    return { ...where, organizationId: required(organizationId) } as unknown as FindOptionsWhere<Row>;
  }

  /** Only columns of the entity, so that no text of a caller becomes SQL. */
  private orderOf(sort: string | undefined): { column: string; direction: 'ASC' | 'DESC' } {
    if (!sort) return { column: 'id', direction: 'DESC' };
    const direction = sort.startsWith('-') ? 'DESC' : 'ASC';
    const column = sort.replace(/^-/, '');
    // Ids begin with the time of creation.
    if (column === 'createdAt') return { column: 'id', direction };
    if (!this.rows.metadata.findColumnWithPropertyName(column))
      throw new Error(`A ${this.noun} has no '${column}' to sort by.`);
    return { column, direction };
  }

  private missing(): AppError {
    return new AppError('not_found', `There is no ${this.noun} with this id.`);
  }

  private get rows(): Repository<Row> {
    return this.transactions.manager.getRepository(this.entity);
  }
}

/** An empty organization must never read as "any". */
function required(organizationId: string): string {
  if (!organizationId) throw new AppError('forbidden', 'The principal has no organization.');
  return organizationId;
}

function cursorValue(value: unknown): string | number {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'number' ? value : String(value);
}
