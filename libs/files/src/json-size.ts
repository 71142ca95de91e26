/** Characters of a number, a date or the like, about. */
const SCALAR = 12;
/** What one character of a text can become in JSON: `\u0000`. */
const WORST_ESCAPE = 6;

/**
 * Bytes that a value has as JSON, escapes not counted; stops when there are more than `cap`. Builds nothing, so that even a
 * huge value costs no memory.
 */
export function roughJsonSize(value: unknown, cap = Infinity): number {
  return measure(value, cap, 0);
}

/** Whether a value has more than `limit` bytes as JSON: exact, and cheap for what is clearly smaller or larger. */
export function isLargerThan(value: unknown, limit: number): boolean {
  const rough = roughJsonSize(value, limit);
  if (rough > limit) return true;
  if (rough * WORST_ESCAPE <= limit) return false;
  return Buffer.byteLength(JSON.stringify(value) ?? '') > limit;
}

function measure(value: unknown, cap: number, depth: number): number {
  if (typeof value === 'string') return value.length > cap ? value.length : Buffer.byteLength(value) + 2;
  if (typeof value !== 'object' || value === null) return SCALAR / 3;
  // Deeper than any JSON that is read; what holds itself would not end.
  if (depth > 1_000) return Infinity;
  if (ArrayBuffer.isView(value)) return value.byteLength * 4;
  let size = 2;
  if (Array.isArray(value)) {
    for (const entry of value) {
      size += 1 + measure(entry, cap - size, depth + 1);
      if (size > cap) return size;
    }
    return size;
  }
  if ('toJSON' in value) return SCALAR * 2;
  for (const name in value) {
    size += name.length + 4 + measure((value as Record<string, unknown>)[name], cap - size, depth + 1);
    if (size > cap) return size;
  }
  return size;
}
