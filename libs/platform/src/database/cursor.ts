import { createHash } from 'node:crypto';
import { AppError, ID_PATTERN } from '@rpa/contracts';

/** Where a page ends: the last row's id, and the value that the list is sorted by when that is not the id. */
export interface Position {
  id: string;
  value?: string | number | null;
}

/**
 * The cursor of a page, opaque to clients. `scope` is everything that makes the list what it is (which one, whose, the
 * filters, the order): with another scope the cursor is refused instead of moving through rows that it was not made for.
 */
export function encodeCursor(id: string, scope = '', value?: Position['value']): string {
  return Buffer.from(JSON.stringify([digestOf(scope), id, ...(value === undefined ? [] : [value])])).toString(
    'base64url',
  );
}

/** The id at which the page before ended. @throws `validation_failed` when the cursor belongs to another list */
export function decodeCursor(cursor: string, scope = ''): string {
  return decodePosition(cursor, scope).id;
}

/** Like {@link decodeCursor}, with the value that the list is sorted by. */
export function decodePosition(cursor: string, scope = ''): Position {
  const [digest, id, value] = readParts(cursor);
  if (digest !== digestOf(scope) || typeof id !== 'string' || !ID_PATTERN.test(id)) throw refused();
  if (value === undefined) return { id };
  if (value !== null && typeof value !== 'string' && typeof value !== 'number') throw refused();
  return { id, value };
}

function readParts(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

function digestOf(scope: string): string {
  return createHash('sha256').update(scope).digest('base64url').slice(0, 11);
}

function refused(): AppError {
  return new AppError('validation_failed', 'The cursor is not one that this list gave, with these filters and sort.', {
    errors: [{ path: 'cursor', code: 'cursor', message: 'must be the nextCursor of the page before' }],
  });
}
