import { AppError, type Fault, type JsonObject } from '@rpa/contracts';
import { LIMITS } from '@rpa/engine';
import { isMap, isScalar, parseDocument, visit, type Document } from 'yaml';

/** Aliases that a YAML text may expand to: enough to share a header block, not to blow one up. */
const MAX_ALIASES = 100;
/** Steps nest as `steps: [ { steps: [ ... ] } ]`, two levels a container, before the free data of a config begins. */
const MAX_DEPTH = LIMITS.jsonDepth + 2 * LIMITS.nesting;

/**
 * Reads a definition as it came in: an object, or YAML or JSON as text. Whether it makes sense is not asked here, only
 * that it is an object within the limits. Throws `definition_invalid`.
 */
export function parseDefinition(input: unknown): JsonObject {
  const value = typeof input === 'string' ? parseText(input) : input;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid({ path: '', code: 'invalid_type', message: 'A definition must be an object.' });
  assertDepth(value);
  assertSize(Buffer.byteLength(JSON.stringify(value)));
  return value as JsonObject;
}

function parseText(text: string): unknown {
  assertSize(Buffer.byteLength(text));
  // The library compares each key with all before it, which takes quadratic time: duplicates are looked for below.
  const document = parseDocument(text, { uniqueKeys: false, merge: false, version: '1.2', schema: 'core' });
  // The library's parser recurses; on a text that overflows the stack it reports each level.
  if (document.errors.some((error) => error.message.startsWith('Maximum call stack'))) throw tooDeep();
  const faults: Fault[] = document.errors.slice(0, 20).map((error) => ({
    path: '',
    code: 'invalid_yaml',
    message: error.message.split('\n')[0] ?? error.code,
    ...(error.linePos && { line: error.linePos[0].line, column: error.linePos[0].col }),
  }));
  faults.push(...forbiddenKeys(document, text));
  if (faults.length > 0) throw invalid(...faults);
  try {
    return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: MAX_ALIASES }))) as unknown;
  } catch (error) {
    throw invalid({
      path: '',
      code: 'invalid_yaml',
      message: error instanceof Error ? error.message : 'The text could not be read.',
    });
  }
}

function forbiddenKeys(document: Document, text: string): Fault[] {
  const faults: Fault[] = [];
  visit(document, {
    Map(_key, map) {
      if (!isMap(map) || faults.length >= 20) return visit.BREAK;
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : null;
        const at = isScalar(key) && key.range ? position(text, key.range[0]) : {};
        if (name === null)
          faults.push({ path: '', code: 'invalid_key', message: 'A key must be a plain text.', ...at });
        else if (name === '__proto__')
          faults.push({ path: '', code: 'invalid_key', message: `The key '${name}' is not allowed.`, ...at });
        else if (seen.has(name))
          faults.push({ path: '', code: 'duplicate_key', message: `The key '${name}' stands twice here.`, ...at });
        else seen.add(name);
      }
      return undefined;
    },
  });
  return faults;
}

function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** Walks without recursion: what is too deep must not overflow the stack of those who come after. */
function assertDepth(root: object): void {
  let level: unknown[] = [root];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw tooDeep();
    const next: unknown[] = [];
    for (const value of level)
      for (const child of Object.values(value as object))
        if (typeof child === 'object' && child !== null) next.push(child);
    level = next;
  }
}

function assertSize(bytes: number): void {
  if (bytes > LIMITS.definitionBytes)
    throw invalid({
      path: '',
      code: 'too_large',
      message: `The definition has ${bytes} bytes; ${LIMITS.definitionBytes} (5 MiB) are allowed.`,
    });
}

function tooDeep(): AppError {
  return invalid({ path: '', code: 'too_deep', message: `The definition is nested deeper than ${MAX_DEPTH} levels.` });
}

function invalid(...errors: Fault[]): AppError {
  return new AppError('definition_invalid', errors[0]?.message, { errors });
}
