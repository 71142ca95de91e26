import { AppError } from '@rpa/contracts';
import {
  IsNull,
  LessThan,
  Not,
  type DeepPartial,
  type EntityTarget,
  type FindOptionsWhere,
  type Repository,
} from 'typeorm';
import type { Transactions } from './transactions.js';

/** Columns that every business row has. */
export interface TenantRow {
  id: string;
  organizationId: string;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
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
    const row = await this.find(organizationId, { id } as FindOptionsWhere<Row>);
    if (!row) throw new AppError('not_found', `There is no ${this.noun} with this id.`);
    return row;
  }

  find(organizationId: string, where: FindOptionsWhere<Row>): Promise<Row | null> {
    return this.rows.findOne({ where: { ...where, organizationId } as FindOptionsWhere<Row> });
  }

  /** Unpaged read for sets that are small by nature; never more than `limit`. */
  findMany(organizationId: string, where: FindOptionsWhere<Row>, limit = 1_000): Promise<Row[]> {
    return this.rows.find({ where: { ...where, organizationId } as FindOptionsWhere<Row>, take: limit });
  }

  /** Newest first; the cursor is the last id of the page before (ids are time-ordered). */
  async page(
    organizationId: string,
    where: FindOptionsWhere<Row>,
    options: { limit?: number; cursor?: string },
  ): Promise<Page<Row>> {
    const limit = options.limit ?? 50;
    const data = await this.rows.find({
      where: {
        ...where,
        organizationId,
        ...(options.cursor && { id: LessThan(decodeCursor(options.cursor)) }),
      } as FindOptionsWhere<Row>,
      order: { id: 'DESC' } as never,
      take: limit + 1,
    });
    const more = data.length > limit;
    const rows = more ? data.slice(0, limit) : data;
    const last = rows.at(-1);
    return { data: rows, nextCursor: more && last ? encodeCursor(last.id) : null };
  }

  /** Writes a new row. */
  async insert(organizationId: string, row: DeepPartial<Row>): Promise<Row> {
    const entity = this.rows.create({ ...row, organizationId } as DeepPartial<Row>);
    return this.rows.save(entity as DeepPartial<Row> & Row);
  }

  /** Changes a row of the organization; `not_found` when it has none with this id. */
  async update(
    organizationId: string,
    id: string,
    change: Partial<Row>,
    where: FindOptionsWhere<Row> = {} as never,
  ): Promise<void> {
    const result = await this.rows.update({ ...where, id, organizationId } as FindOptionsWhere<Row>, change as never);
    if (result.affected === 0) throw new AppError('not_found', `There is no ${this.noun} with this id.`);
  }

  async softDelete(organizationId: string, id: string): Promise<void> {
    const result = await this.rows.softDelete({ id, organizationId, deletedAt: IsNull() } as FindOptionsWhere<Row>);
    if (result.affected === 0) throw new AppError('not_found', `There is no ${this.noun} with this id.`);
  }

  /** Undoes a soft delete; `already_exists` when its name or key has been taken since. */
  async restore(organizationId: string, id: string): Promise<Row> {
    const result = await this.rows.restore({ id, organizationId, deletedAt: Not(IsNull()) } as FindOptionsWhere<Row>);
    if (result.affected === 0) throw new AppError('not_found', `There is no deleted ${this.noun} with this id.`);
    return this.get(organizationId, id);
  }

  private get rows(): Repository<Row> {
    return this.transactions.manager.getRepository(this.entity);
  }
}

/** Opaque to clients. */
export function encodeCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

export function decodeCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString();
  if (!/^[0-9a-f-]{36}$/.test(id))
    throw new AppError('validation_failed', 'The cursor is not one that this list gave.', {
      errors: [{ path: 'cursor', code: 'cursor', message: 'must be the nextCursor of the page before' }],
    });
  return id;
}
