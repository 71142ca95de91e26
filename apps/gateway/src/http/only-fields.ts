import { AppError } from '@rpa/contracts';

/**
 * A body that a route maps to a part of a larger command: an object with no other fields than these.
 * @throws `validation_failed` that names every other field
 */
export function onlyFields(body: unknown, fields: readonly string[]): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new AppError('validation_failed', 'The body must be a JSON object.');
  const unknown = Object.keys(body).filter((field) => !fields.includes(field));
  if (unknown.length === 0) return { ...body };
  throw new AppError('validation_failed', `${unknown.length} field(s) of the request are not known.`, {
    errors: unknown.map((field) => ({
      path: field,
      code: 'unknown_field',
      message: `'${field}' is not a field of this request`,
    })),
  });
}
