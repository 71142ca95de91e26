/** What one character of a text can become in JSON: `\u0000`. */
const WORST_ESCAPE = 6;
/** Deeper than any JSON that is read; what holds itself would not end. */
const DEEPEST = 1_000;

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
  if (typeof value === 'number') return Number.isFinite(value) ? digitsOf(value) : 4;
  if (typeof value === 'boolean') return value ? 4 : 5;
  if (typeof value !== 'object' || value === null) return 4;
  if (depth > DEEPEST) return Infinity;
  if (ArrayBuffer.isView(value)) return value.byteLength * 2;
  if (Array.isArray(value)) return measureList(value, cap, depth);
  // What it becomes is known when it was made.
  if ('toJSON' in value) return Buffer.byteLength(JSON.stringify(value) ?? '');
  return measureObject(value as Record<string, unknown>, cap, depth);
}

function measureList(value: unknown[], cap: number, depth: number): number {
  let size = 1 + Math.max(1, value.length);
  for (const entry of value) {
    size += measure(entry, cap - size, depth + 1);
    if (size > cap) break;
  }
  return size;
}

function measureObject(value: Record<string, unknown>, cap: number, depth: number): number {
  let size = 1;
  for (const name in value) {
    const member = value[name];
    if (member === undefined || typeof member === 'function' || typeof member === 'symbol') continue;
    // Quotes, colon, and the comma or the brace after it.
    size += name.length + 4 + measure(member, cap - size, depth + 1);
    if (size > cap) break;
  }
  return Math.max(2, size);
}

function digitsOf(value: number): number {
  if (value >= 0 && value < 10 && Number.isInteger(value)) return 1;
  return String(value).length;
}
