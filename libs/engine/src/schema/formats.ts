import { parseDuration } from '../definition/duration.js';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const SCHEME = /^[a-z][a-z0-9+.-]{0,63}:[^\s]/i;
const LONGEST = 4096;

/** The formats that are checked; every other one is a note for readers. `rpa-duration` is a text such as `30s`. */
export const FORMATS: { readonly [name: string]: (text: string) => boolean } = {
  'rpa-duration': (text) => parseDuration(text) !== undefined,
  date: isDate,
  'date-time': (text) =>
    text.length < 64 && /[Tt ]/.test(text[10] ?? '') && isDate(text.slice(0, 10)) && TIME.test(text.slice(11)),
  time: (text) => text.length < 64 && TIME.test(text),
  uuid: (text) => text.length === 36 && UUID.test(text),
  email: isEmail,
  uri: (text) => text.length <= LONGEST && SCHEME.test(text) && !/\s/.test(text),
};

function isDate(text: string): boolean {
  const match = text.length === 10 ? DATE.exec(text) : null;
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isEmail(text: string): boolean {
  if (text.length > 320 || /\s/.test(text)) return false;
  const sign = text.lastIndexOf('@');
  const domain = text.slice(sign + 1);
  return sign > 0 && domain.length > 0 && !domain.startsWith('.') && !domain.endsWith('.') && !domain.includes('..');
}
