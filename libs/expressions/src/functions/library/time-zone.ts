import { rangeFault } from '../../expression.errors.js';

const formatters = new Map<string, Intl.DateTimeFormat>();
const MAX_ZONES = 100;

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  let formatter: Intl.DateTimeFormat;
  try {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  } catch {
    throw rangeFault("The time zone must be a name such as 'Europe/Berlin', or 'UTC'.");
  }
  if (formatters.size >= MAX_ZONES) formatters.clear();
  formatters.set(zone, formatter);
  return formatter;
}

/** Milliseconds by which a zone's clocks are ahead of UTC at an instant. */
export function offsetAt(time: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const fields: Record<string, number> = {};
  let beforeChrist = false;
  for (const { type, value } of formatterOf(zone).formatToParts(time)) {
    if (type === 'era') beforeChrist = value.startsWith('B');
    else fields[type] = Number(value);
  }
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
  const wall = new Date(0);
  wall.setUTCFullYear(beforeChrist ? 1 - year : year, month - 1, day);
  wall.setUTCHours(hour, minute, second);
  return wall.getTime() - Math.floor(time / 1000) * 1000;
}

/** What a zone's clocks show at an instant, as if it were UTC. */
export function toWall(time: number, zone: string): number {
  return time + offsetAt(time, zone);
}

/**
 * The instant at which a zone's clocks show a time. A time that the clocks skip is taken with the offset before the
 * change, so it comes out later by the gap; one that they show twice is the first.
 */
export function fromWall(wall: number, zone: string): number {
  if (zone === 'UTC') return wall;
  const before = offsetAt(wall - 86_400_000, zone);
  const after = offsetAt(wall + 86_400_000, zone);
  for (const offset of before === after ? [before] : [before, after]) {
    if (offsetAt(wall - offset, zone) === offset) return wall - offset;
  }
  return wall - before;
}
