/** A cron expression that cannot be used; `message` says which field and what to write instead. */
export class CronFault extends Error {}

interface FieldKind {
  name: string;
  min: number;
  max: number;
  names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

export const SECOND: FieldKind = { name: 'second', min: 0, max: 59 };
export const MINUTE: FieldKind = { name: 'minute', min: 0, max: 59 };
export const HOUR: FieldKind = { name: 'hour', min: 0, max: 23 };
export const DAY_OF_MONTH: FieldKind = { name: 'day of month', min: 1, max: 31 };
export const MONTH: FieldKind = { name: 'month', min: 1, max: 12, names: MONTHS };
export const DAY_OF_WEEK: FieldKind = { name: 'day of week', min: 0, max: 7, names: WEEKDAYS };

/** Values that a field allows, ascending. `special` takes what is not plain and says whether it did. */
export function readField(kind: FieldKind, text: string, special?: (item: string) => boolean): number[] {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    if (item === '') throw fault(kind, text, 'has an empty item');
    if (special?.(item)) continue;
    for (const value of readItem(kind, item)) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function readItem(kind: FieldKind, item: string): number[] {
  const [range = '', step, ...more] = item.split('/');
  if (more.length > 0) throw fault(kind, item, 'has more than one step');
  const by = step === undefined ? 1 : readStep(kind, item, step);
  const [from, to] = readRange(kind, item, range, step !== undefined);
  const values: number[] = [];
  for (let value = from; value <= to; value += by) values.push(value);
  return values;
}

function readRange(kind: FieldKind, item: string, range: string, stepped: boolean): [number, number] {
  if (range === '*') return [kind.min, kind === DAY_OF_WEEK ? 6 : kind.max];
  const [first = '', second, ...more] = range.split('-');
  if (more.length > 0) throw fault(kind, item, 'is no range');
  const from = readValue(kind, item, first);
  if (second === undefined) return [from, stepped ? kind.max : from];
  const to = readValue(kind, item, second);
  if (to < from)
    throw fault(kind, item, `runs backwards; write ${from}-${kind.max},${kind.min}-${to} if you mean it to wrap`);
  return [from, to];
}

export function readValue(kind: FieldKind, item: string, text: string): number {
  const named = kind.names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return named + kind.min;
  if (!/^\d{1,2}$/.test(text)) throw fault(kind, item, `is not understood; it takes ${takes(kind)}`);
  const value = Number(text);
  if (value < kind.min || value > kind.max) throw fault(kind, item, `is out of range; it takes ${takes(kind)}`);
  return value;
}

function readStep(kind: FieldKind, item: string, text: string): number {
  const step = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (step >= 1 && step <= kind.max) return step;
  throw fault(kind, item, `has a step that is not between 1 and ${kind.max}`);
}

function takes({ min, max, names }: FieldKind): string {
  return `${min} to ${max}${names ? ` or ${names[0]} to ${names.at(-1)}` : ''}`;
}

export function fault(kind: { name: string }, item: string, what: string): CronFault {
  return new CronFault(`The ${kind.name} '${item.slice(0, 40)}' ${what}.`);
}
