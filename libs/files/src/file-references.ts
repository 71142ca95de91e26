import { ID_PATTERN, type JsonValue, type StoredFile } from '@rpa/contracts';

/** Values nested deeper than this are not searched, as in the engine. */
const DEEPEST = 100;

/** The id that a value refers to, if it is a reference. */
export function referredFile(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, '$file')) return undefined;
  const { $file } = value as { $file: unknown };
  const id = (($file ?? {}) as Partial<StoredFile>).id;
  return typeof id === 'string' && ID_PATTERN.test(id) ? id : undefined;
}

/** Ids of all files that a value refers to. */
export function referredFiles(value: unknown, into = new Set<string>(), depth = 0): Set<string> {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return into;
  const id = referredFile(value);
  if (id !== undefined) into.add(id);
  else for (const entry of Object.values(value)) referredFiles(entry, into, depth + 1);
  return into;
}

/** The value with contents in place of the references to them; what holds none is shared, not copied. */
export function withContents(value: JsonValue, contents: ReadonlyMap<string, JsonValue>, depth = 0): JsonValue {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return value;
  const id = referredFile(value);
  if (id !== undefined) return contents.get(id) ?? value;
  if (Array.isArray(value)) {
    const entries = value.map((entry) => withContents(entry, contents, depth + 1));
    return entries.some((entry, index) => entry !== value[index]) ? entries : value;
  }
  const entries = Object.entries(value).map(
    ([name, entry]) => [name, withContents(entry, contents, depth + 1)] as const,
  );
  return entries.some(([name, entry]) => entry !== value[name]) ? Object.fromEntries(entries) : value;
}
