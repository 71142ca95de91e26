import { rangeFault } from '../../expression.errors.js';
import { fromWall } from './time-zone.js';

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'].concat([
  'October',
  'November',
  'December',
]);
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const TOKEN = /'(?:[^']|'')*'|y{4}|yy|M{1,4}|d{1,2}|E{3,4}|H{1,2}|h{1,2}|m{1,2}|s{1,2}|SSS|a|XXX|[\s\S]/g;
const MAX_FORMAT_LENGTH = 200;

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** A wall-clock time by a pattern such as `yyyy-MM-dd HH:mm`; `offset` is the zone's, in milliseconds. */
export function formatWall(wall: number, offset: number, pattern: string): string {
  const date = new Date(wall);
  return tokensOf(pattern)
    .map((token) => formatToken(date, offset, token))
    .join('');
}

function tokensOf(pattern: string): string[] {
  if (pattern.length > MAX_FORMAT_LENGTH)
    throw rangeFault(`A date format may have at most ${MAX_FORMAT_LENGTH} characters.`);
  return pattern.match(TOKEN) ?? [];
}

function formatToken(date: Date, offset: number, token: string): string {
  const width = token.length;
  const [month, hour] = [date.getUTCMonth(), date.getUTCHours()];
  switch (token[0]) {
    case 'y':
      return width === 4
        ? pad(date.getUTCFullYear(), 4)
        : width === 2
          ? pad(Math.abs(date.getUTCFullYear()) % 100, 2)
          : token;
    case 'M':
      return width > 2 ? (MONTHS[month] ?? '').slice(0, width === 3 ? 3 : undefined) : pad(month + 1, width);
    case 'd':
      return pad(date.getUTCDate(), width);
    case 'E':
      return width < 3 ? token : (DAYS[date.getUTCDay()] ?? '').slice(0, width === 3 ? 3 : undefined);
    case 'H':
      return pad(hour, width);
    case 'h':
      return pad(hour % 12 || 12, width);
    case 'm':
      return pad(date.getUTCMinutes(), width);
    case 's':
      return pad(date.getUTCSeconds(), width);
    case 'S':
      return width === 3 ? pad(date.getUTCMilliseconds(), 3) : token;
    case 'a':
      return hour < 12 ? 'AM' : 'PM';
    case 'X':
      return width === 3 ? formatOffset(offset) : token;
    case "'":
      return token === "''" ? "'" : width > 1 ? token.slice(1, -1).replaceAll("''", "'") : token;
    default:
      return token;
  }
}

function formatOffset(offset: number): string {
  if (offset === 0) return 'Z';
  const minutes = Math.abs(Math.round(offset / 60_000));
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}`;
}

interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
  afternoon: boolean | undefined;
  offset: number | undefined;
}

/** The instant that a text written by a pattern means; its own offset wins over the zone. NaN when it does not fit. */
export function parseByFormat(text: string, pattern: string, zone: string): number {
  const fields: Fields = {
    year: 1970,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    ms: 0,
    afternoon: undefined,
    offset: undefined,
  };
  let rest = text;
  for (const token of tokensOf(pattern)) {
    const length = readToken(rest, token, fields);
    if (length < 0) return NaN;
    rest = rest.slice(length);
  }
  return rest === '' ? instantOf(fields, zone) : NaN;
}

function instantOf(fields: Fields, zone: string): number {
  const { year, month, day, minute, second, ms, afternoon, offset } = fields;
  const hour = afternoon === undefined ? fields.hour : (fields.hour % 12) + (afternoon ? 12 : 0);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return NaN;
  if (hour > 23 || minute > 59 || second > 59) return NaN;
  const wall = date.setUTCHours(hour, minute, second, ms);
  return offset === undefined ? fromWall(wall, zone) : wall - offset;
}

const NUMBER_FIELDS: Record<string, keyof Fields & ('day' | 'hour' | 'minute' | 'second' | 'ms')> = {
  d: 'day',
  H: 'hour',
  h: 'hour',
  m: 'minute',
  s: 'second',
  S: 'ms',
};

/** Reads what a token stands for from the start of a text; the length read, or -1. */
function readToken(text: string, token: string, fields: Fields): number {
  const letter = token.slice(0, 1);
  const field = NUMBER_FIELDS[letter];
  if (field !== undefined) return readNumber(text, token.length, (value) => (fields[field] = value));
  if (letter === 'y') {
    return readNumber(text, token.length, (value) => (fields.year = token.length === 2 ? 2000 + value : value));
  }
  if (letter === 'M' && token.length <= 2) return readNumber(text, token.length, (value) => (fields.month = value));
  if (letter === 'M') return readName(text, MONTHS, token.length, (index) => (fields.month = index + 1));
  if (letter === 'E') return readName(text, DAYS, token.length, () => undefined);
  if (token === 'a') return readName(text, ['AM', 'PM'], 3, (index) => (fields.afternoon = index === 1));
  if (token === 'XXX') {
    const [whole, sign, hours, minutes] = /^(?:Z|([+-])(\d{2}):?(\d{2}))/.exec(text) ?? [];
    if (whole === undefined) return -1;
    fields.offset = sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
    return whole.length;
  }
  const literal = formatToken(new Date(0), 0, token);
  return text.startsWith(literal) ? literal.length : -1;
}

function readNumber(text: string, width: number, set: (value: number) => void): number {
  const digits = width === 1 ? /^\d{1,2}/.exec(text)?.[0] : text.slice(0, width);
  if (digits === undefined || digits.length < width || !/^\d+$/.test(digits)) return -1;
  set(Number(digits));
  return digits.length;
}

function readName(text: string, names: string[], width: number, set: (index: number) => void): number {
  const shown = names.map((name) => (width === 3 ? name.slice(0, 3) : name).toLowerCase());
  const index = shown.findIndex((name) => text.toLowerCase().startsWith(name));
  if (index === -1) return -1;
  set(index);
  return shown[index]?.length ?? -1;
}
