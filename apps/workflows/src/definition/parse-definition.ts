import type { AppError, JsonObject } from '@rpa/contracts';
import { LIMITS } from '@rpa/engine';
import { readYaml } from '@rpa/platform';
import { definitionInvalid } from './definition.errors.js';

/** Steps nest as `steps: [ { steps: [ ... ] } ]`, two levels a container, before the free data of a config begins. */
const MAX_DEPTH = LIMITS.jsonDepth + 2 * LIMITS.nesting;

/**
 * Reads a definition as it came in: an object, or YAML or JSON as text. Whether it makes sense is not asked here, only
 * that it is an object within the limits. Throws `definition_invalid`.
 */
export function parseDefinition(input: unknown): JsonObject {
  const value = typeof input === 'string' ? parseText(input) : input;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw definitionInvalid({ path: '', code: 'invalid_type', message: 'A definition must be an object.' });
  assertShape(value);
  assertSize(Buffer.byteLength(JSON.stringify(value)));
  return value as JsonObject;
}

function parseText(text: string): unknown {
  assertSize(Buffer.byteLength(text));
  // JSON is YAML as well, but read a hundred times faster as what it is.
  if (/^\s*[{[]/.test(text))
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Flow style YAML, or a fault that the YAML reader can place.
    }
  const { value, faults } = readYaml(text);
  if (faults) throw definitionInvalid(...faults);
  return value;
}

/** Walks without recursion: what is too deep must not overflow the stack of those who come after. */
function assertShape(root: object): void {
  let level: object[] = [root];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw tooDeep();
    const next: object[] = [];
    for (const value of level) {
      if (Object.hasOwn(value, '__proto__'))
        throw definitionInvalid({ path: '', code: 'invalid_key', message: "The key '__proto__' is not allowed." });
      for (const child of Object.values(value) as unknown[])
        if (typeof child === 'object' && child !== null) next.push(child);
    }
    level = next;
  }
}

function assertSize(bytes: number): void {
  if (bytes > LIMITS.definitionBytes)
    throw definitionInvalid({
      path: '',
      code: 'too_large',
      message: `The definition has ${bytes} bytes; ${LIMITS.definitionBytes} (5 MiB) are allowed.`,
    });
}

function tooDeep(): AppError {
  const message = `The definition is nested deeper than ${MAX_DEPTH} levels.`;
  return definitionInvalid({ path: '', code: 'too_deep', message });
}
