import type { JsonValue } from '@rpa/contracts';

/** Values nested deeper than this are not searched; no worker's result is. */
const DEEPEST = 100;

/** The id of a file reference, or `undefined` when the value is none. */
export function fileId(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  if (!Object.hasOwn(value, '$file')) return undefined;
  const file = (value as { $file: unknown }).$file;
  if (file === null || typeof file !== 'object') return undefined;
  const id = (file as { id?: unknown }).id;
  return typeof id === 'string' ? id : undefined;
}

/** Whether a file reference stands anywhere in the value. */
export function holdsFile(value: unknown, depth = 0): boolean {
  if (value === null || typeof value !== 'object' || depth > DEEPEST) return false;
  if (Array.isArray(value)) {
    for (const entry of value) if (typeof entry === 'object' && holdsFile(entry, depth + 1)) return true;
    return false;
  }
  if (fileId(value) !== undefined) return true;
  for (const key in value) {
    const entry = (value as { [key: string]: unknown })[key];
    if (typeof entry === 'object' && entry !== null && holdsFile(entry, depth + 1)) return true;
  }
  return false;
}

/** Ids of every file reference in the value. */
export function collectFiles(value: unknown, into: Set<string>, depth = 0): void {
  if (value === null || typeof value !== 'object' || depth > DEEPEST) return;
  const id = fileId(value);
  if (id !== undefined) into.add(id);
  else for (const entry of Object.values(value)) collectFiles(entry, into, depth + 1);
}

/** The value with the contents of loaded files in place of their references; what holds none is shared, not copied. */
export function withContents(value: JsonValue, loaded: ReadonlyMap<string, JsonValue>, depth = 0): JsonValue {
  if (value === null || typeof value !== 'object' || depth > DEEPEST) return value;
  const id = fileId(value);
  if (id !== undefined) return loaded.has(id) ? withContents(loaded.get(id) ?? null, loaded, depth + 1) : value;
  if (!holdsFile(value, depth)) return value;
  if (Array.isArray(value)) return value.map((entry) => withContents(entry, loaded, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withContents(entry, loaded, depth + 1)]));
}
