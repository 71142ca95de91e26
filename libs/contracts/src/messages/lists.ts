import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { MessageClass } from './define-command.js';
import { IsId } from './fields.js';

/** Base of every list request: `limit` rows after `cursor`, newest first. */
export class ListRequest {
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;

  /** `nextCursor` of the page before. */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  cursor?: string;
}

/** `name` sorts by name, `-name` the other way round. */
export type Sort<Column extends string> = Column | `-${Column}`;

/**
 * Base of a list request that can be sorted by these columns (of the row, never null); without `sort` newest first.
 *
 * @example class ListThingsRequest extends sortedList('createdAt', 'name') {}
 */
export function sortedList<const Column extends string>(
  ...columns: Column[]
): MessageClass<ListRequest & { sort?: Sort<Column> }> {
  class SortedListRequest extends ListRequest {
    sort?: Sort<Column>;
  }
  IsOptional()(SortedListRequest.prototype, 'sort');
  IsIn(columns.flatMap((column) => [column, `-${column}`]))(SortedListRequest.prototype, 'sort');
  return SortedListRequest;
}

/** Request that names one row by its id. */
export class ByIdRequest {
  @IsId()
  id!: string;
}

/** Reply of a command that has nothing to tell but that it is done. */
export class DoneReply {}

export const DEFAULT_PAGE = 50;
