import type { JsonValue } from '@rpa/contracts';
import type { Definition } from './definition.js';

/**
 * Canonical JSON of a definition: keys sorted, no white space, `ui` left out wherever it stands on the definition or a
 * step. Two definitions with the same text mean the same; hosts hash it.
 */
export function canonicalDefinition(definition: Definition): string {
  return canonical(withoutUi(definition as unknown as JsonValue));
}

function withoutUi(value: JsonValue): JsonValue {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const copy: { [key: string]: JsonValue } = {};
  for (const [key, entry] of Object.entries(value)) {
    if (key === 'ui') continue;
    copy[key] = key === 'steps' && Array.isArray(entry) ? entry.map(withoutUi) : entry;
  }
  return copy;
}

function canonical(value: JsonValue | undefined): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}
