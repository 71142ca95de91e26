/** When something is due. Instants are milliseconds since 1970. */
export interface Timetable {
  /** The first time after an instant; null when there is none any more. */
  next(after: number): number | null;
}

/** What is due at fixed instants. */
export function onceAt(instants: readonly number[]): Timetable {
  const sorted = [...new Set(instants)].sort((a, b) => a - b);
  return { next: (after) => sorted.find((instant) => instant > after) ?? null };
}

/** What is due every so many milliseconds, counted from an anchor. */
export function every(interval: number, anchor: number): Timetable {
  return {
    next: (after) => (after < anchor ? anchor : anchor + (Math.floor((after - anchor) / interval) + 1) * interval),
  };
}
