const UNITS: { [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The longest time that a timer may be set for. */
export const MAX_DURATION_MS = 3650 * 86_400_000;

/**
 * Milliseconds of a duration string: a whole number and one unit of `ms s m h d`, such as `500ms` or `2h`.
 * Gives `undefined` for anything else and for more than ten years.
 */
export function parseDuration(text: unknown): number | undefined {
  if (typeof text !== 'string' || text.length > 16) return undefined;
  let end = 0;
  while (end < text.length && text[end]! >= '0' && text[end]! <= '9') end++;
  const unit = UNITS[text.slice(end)];
  if (end === 0 || unit === undefined || !Object.hasOwn(UNITS, text.slice(end))) return undefined;
  const milliseconds = Number(text.slice(0, end)) * unit;
  return milliseconds <= MAX_DURATION_MS ? milliseconds : undefined;
}
