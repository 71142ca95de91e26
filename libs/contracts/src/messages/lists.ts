import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
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
  @MaxLength(200)
  cursor?: string;
}

/** Request that names one row by its id. */
export class ByIdRequest {
  @IsId()
  id!: string;
}

/** Reply of a command that has nothing to tell but that it is done. */
export class DoneReply {}

export const DEFAULT_PAGE = 50;
