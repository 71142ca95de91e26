import type { JsonValue } from '@rpa/contracts';
import { LIMITS } from '../definition/limits.js';
import type { Findings } from './findings.js';
import { at } from './json-path.js';

interface Open {
  value: unknown;
  parent: Open | undefined;
  key: string | number;
  depth: number;
}

/**
 * Walks all of the definition without recursion: its size, its depth (bodies count apart), and values that cannot be
 * stored or run. Gives false when a limit is passed, so that nothing else looks at it.
 */
export function measure(definition: JsonValue, findings: Findings): boolean {
  const open: Open[] = [{ value: definition, parent: undefined, key: '', depth: 0 }];
  let bytes = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    bytes += sizeOf(value);
    if (bytes > LIMITS.definitionBytes) {
      const message = `The definition is larger than ${LIMITS.definitionBytes} bytes (limit: definition)`;
      findings.error('', 'definition_too_large', message);
      return false;
    }
    if (depth > LIMITS.jsonDepth) {
      findings.error('', 'too_deep', `Values are nested deeper than ${LIMITS.jsonDepth} levels (limit: depth)`);
      return false;
    }
    const fault = faultOf(value);
    if (fault) findings.error(pathOf(next), fault[0], fault[1]);
    if (value === null || typeof value !== 'object') continue;
    for (const key of Object.keys(value)) {
      bytes += key.length + 4;
      if (key === '__proto__') {
        findings.error(pathOf(next), 'reserved_key', 'The key __proto__ is reserved');
        continue;
      }
      if (key.includes('\u0000')) findings.error(pathOf(next), 'nul_character', 'A key holds a NUL character');
      const isBody = key === 'steps' && Array.isArray((value as { steps: unknown }).steps);
      open.push({
        value: (value as { [key: string]: unknown })[key],
        parent: next,
        key: Array.isArray(value) ? Number(key) : key,
        depth: isBody ? 0 : depth + 1,
      });
    }
  }
  return true;
}

function sizeOf(value: unknown): number {
  return typeof value === 'string' ? utf8Length(value) + 3 : 5;
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) length += unit > 0x7ff && (unit & 0xf800) !== 0xd800 ? 2 : 1;
  }
  return length;
}

function faultOf(value: unknown): [code: string, message: string] | undefined {
  if (typeof value === 'string') {
    return value.includes('\u0000') ? ['nul_character', 'The text holds a NUL character'] : undefined;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return ['invalid_type', 'Not a JSON value'];
    const unsafe = Number.isInteger(value) && !Number.isSafeInteger(value);
    return unsafe ? ['unsafe_number', 'The number is too large to be exact; write it as a text'] : undefined;
  }
  const isJson = value === null || value === undefined || typeof value === 'object' || typeof value === 'boolean';
  return isJson ? undefined : ['invalid_type', 'Not a JSON value'];
}

function pathOf(entry: Open): string {
  const keys: (string | number)[] = [];
  for (let up: Open | undefined = entry; up?.parent; up = up.parent) keys.unshift(up.key);
  return at('', ...keys);
}
