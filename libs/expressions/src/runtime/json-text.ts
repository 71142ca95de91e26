import { toPlain } from './plain-data.js';
import type { Runtime } from './runtime.js';

/** A value as JSON text, charged before it is written; undefined for what JSON has not. */
export function jsonText(rt: Runtime, value: unknown, names?: string[], indent?: string): string | undefined {
  const plain = toPlain(rt, value);
  if (plain === undefined) return undefined;
  charge(rt, plain, 1, indent?.length ?? 0);
  return JSON.stringify(plain, names, indent);
}

function charge(rt: Runtime, value: unknown, depth: number, indent: number): void {
  rt.charge(4 + depth * indent + (typeof value === 'string' ? value.length : 0));
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) charge(rt, item, depth + 1, indent);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    rt.charge(key.length + 4);
    charge(rt, item, depth + 1, indent);
  }
}
