import { LRUCache } from 'lru-cache';

const DAY = 86_400_000;
const CACHED_ZONES = 700;
const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/;

/** Instants from which on the clocks of a zone are `offset` milliseconds ahead of UTC. */
interface Period {
  from: number;
  offset: number;
}

/**
 * The clocks of one IANA time zone. A wall time is given in milliseconds as if it were UTC: what the clock on the wall
 * shows, as a number that can be counted with.
 */
export class Zone {
  private static readonly zones = new LRUCache<string, Zone>({ max: CACHED_ZONES });
  private readonly years = new Map<number, Period[]>();
  private readonly format: Intl.DateTimeFormat;

  private constructor(readonly name: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** Null when there is no such zone. */
  static find(name: string): Zone | null {
    const known = Zone.zones.get(name);
    if (known) return known;
    if (!NAME.test(name)) return null;
    try {
      const zone = new Zone(name);
      Zone.zones.set(name, zone);
      return zone;
    } catch {
      return null;
    }
  }

  offsetAt(instant: number): number {
    const periods = this.periodsOf(new Date(instant).getUTCFullYear());
    let offset = periods[0]?.offset ?? 0;
    for (const period of periods) {
      if (period.from > instant) break;
      offset = period.offset;
    }
    return offset;
  }

  wallAt(instant: number): number {
    return instant + this.offsetAt(instant);
  }

  /** The one offset of the days around a wall time, or null where the clocks change. */
  steadyOffset(wallFrom: number, wallTo: number): number | null {
    const before = this.offsetAt(wallFrom - DAY);
    return before === this.offsetAt(wallTo + DAY) ? before : null;
  }

  /**
   * When the clocks show a wall time. Shown twice (they are put back): the first. Never shown (they are put forward): as
   * long after the change as it would have been after it, had they not been put.
   */
  instantOf(wall: number): number {
    const [before, after] = this.offsetsAround(wall);
    const first = wall - before;
    if (before === after || this.offsetAt(first) === before) return first;
    const second = wall - after;
    return this.offsetAt(second) === after ? second : first;
  }

  /** Every instant at which the clocks show a wall time: none, one or two. */
  instantsOf(wall: number): number[] {
    return [...new Set(this.offsetsAround(wall))]
      .filter((offset) => this.offsetAt(wall - offset) === offset)
      .map((offset) => wall - offset);
  }

  private offsetsAround(wall: number): [number, number] {
    return [this.offsetAt(wall - DAY), this.offsetAt(wall + DAY)];
  }

  private periodsOf(year: number): Period[] {
    const known = this.years.get(year);
    if (known) return known;
    const start = Date.UTC(year, 0, 1);
    const periods: Period[] = [{ from: start, offset: this.readOffset(start) }];
    // Clocks are never put twice within a day.
    for (let day = start; day < Date.UTC(year + 1, 0, 1); day += DAY) {
      const offset = this.readOffset(day + DAY);
      if (offset === periods.at(-1)?.offset) continue;
      periods.push({ from: this.changeWithin(day, day + DAY), offset });
    }
    this.years.set(year, periods);
    return periods;
  }

  /** The first millisecond with the offset of `to`. */
  private changeWithin(from: number, to: number): number {
    const after = this.readOffset(to);
    let [low, high] = [from, to];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.readOffset(middle) === after) high = middle;
      else low = middle;
    }
    return high;
  }

  private readOffset(instant: number): number {
    const second = Math.floor(instant / 1000) * 1000;
    const [month, day, year, hour, minute, sec] = (this.format.format(second).match(/\d+/g) ?? []).map(Number);
    return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, sec) - second;
  }
}
