import { AppError, INLINE_VALUE_LIMIT, type JsonValue } from '@rpa/contracts';

/** Refuses a value that is too large to stand in the journal. */
export function assertInline(path: string, value: JsonValue): void {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes <= INLINE_VALUE_LIMIT) return;
  const message = `has ${bytes} bytes as JSON; ${INLINE_VALUE_LIMIT} are allowed`;
  throw new AppError('validation_failed', `'${path}' ${message}.`, {
    errors: [{ path, code: 'too_large', message }],
  });
}
