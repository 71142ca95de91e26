import { describe, expect, it } from '@jest/globals';
import { CORE_FUNCTIONS, FUNCTIONS, FUNCTION_GROUPS, NAMESPACE_TABLES, compileExpression } from '../index.js';
import type { FunctionEntry } from '../index.js';

const members = Object.values(NAMESPACE_TABLES).flatMap((table) =>
  Object.values(table).filter((entry): entry is FunctionEntry => 'run' in entry),
);
const entries = [...Object.values(FUNCTIONS), ...Object.values(CORE_FUNCTIONS), ...members];
const evaluate = (source: string, scope: Record<string, unknown> = {}): unknown =>
  compileExpression(source, { now: Date.parse('2026-03-29T01:30:00Z'), seed: 'a seed' }).evaluate(scope);

describe('the functions of the language', () => {
  it.each(entries.flatMap(({ examples }) => examples.map(([source, result]) => [source, result] as const)))(
    '%s',
    (source, result) => {
      expect(evaluate(source)).toEqual(result);
    },
  );

  it('all have an example, and stand in one group only', () => {
    for (const [name, { examples }] of Object.entries(FUNCTIONS))
      expect([name, examples.length]).not.toEqual([name, 0]);
    const names = Object.values(FUNCTION_GROUPS).flatMap((group) => Object.keys(group));
    expect(new Set(names).size).toBe(names.length);
  });

  it('give the same for the same time and seed, and something else for another seed', () => {
    const source = '[uuid(), random(), Math.random(), now(), Date.now(), new Date(), now]';
    const compiled = compileExpression(source);
    const first = compiled.evaluate({}, { now: 5, seed: 'x' });
    expect(compiled.evaluate({}, { now: 5, seed: 'x' })).toEqual(first);
    expect(compiled.evaluate({}, { now: 5, seed: 'y' })).not.toEqual(first);
    expect((first as unknown[]).slice(3)).toEqual([
      '1970-01-01T00:00:00.005Z',
      5,
      ...Array(2).fill('1970-01-01T00:00:00.005Z'),
    ]);
    expect(evaluate('uuid()')).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(evaluate('uuid() === uuid()')).toBe(false);
    expect(compileExpression('uuid()').evaluate({})).not.toEqual(compileExpression('uuid()').evaluate({}));
  });

  it.each([
    ["hash('abc')", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ["hash('abc', 'sha1', 'base64')", 'qZk+NkcGgWq6PiVxeFDCbJzQ2J0='],
    [
      "hmac('what do ya want for nothing?', 'Jefe')",
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    ["base64Decode(base64('€ 😀 \\u0000'))", '€ 😀 \u0000'],
    [
      "parseCsv(csv([{ a: 'x\"y', b: 'l1\\nl2' }, { a: ' p', c: 1 }]))",
      [
        { a: 'x"y', b: 'l1\nl2', c: '' },
        { a: ' p', b: '', c: '1' },
      ],
    ],
    [
      "parseCsv('1;2\\r\\n3;', false, ';')",
      [
        ['1', '2'],
        ['3', ''],
      ],
    ],
    ["jsonPath({ a: [1, 2, 3, 4] }, '$.a[-1]')", [4]],
    ["jsonPath({ a: [1, 2, 3, 4] }, '$.a[1:3]')", [2, 3]],
    ["jsonPath({ a: [1, 2, 3, 4] }, '$.a[::-2]')", [4, 2]],
    ["jsonPath({ 'x]y': { b: 1 }, c: 2 }, \"$['x]y','c']\")", [{ b: 1 }, 2]],
    ["get({ a: null }, 'a.b', 5)", 5],
    ["get({}, 'constructor', 'none')", 'none'],
    [
      "groupBy(['a', 'constructor', '__proto__'], x => x)",
      JSON.parse('{"a":["a"],"constructor":["constructor"],"__proto__":["__proto__"]}'),
    ],
    ['merge({ a: [1], b: { c: 1 } }, { a: [2], b: { d: null } })', { a: [2], b: { c: 1, d: null } }],
    ['sum(null)', 0],
    ["addDuration('2024-02-29T00:00:00Z', '1y')", '2025-02-28T00:00:00.000Z'],
    ["addDuration('2026-03-29T01:00:00+01:00', 'P1M')", '2026-04-29T00:00:00.000Z'],
    ["addDuration(0, '-1h 30m')", '1969-12-31T22:30:00.000Z'],
    ["addDuration('2026-10-24T12:00:00Z', { days: 1 }, 'America/New_York')", '2026-10-25T12:00:00.000Z'],
    ["addDuration('2026-10-31T12:00:00Z', { day: 1 }, 'America/New_York')", '2026-11-01T13:00:00.000Z'],
    ["startOf('2026-03-29T10:00:00Z', 'day', 'Europe/Berlin')", '2026-03-28T23:00:00.000Z'],
    ["endOf('2026-03-29T10:00:00Z', 'day', 'Europe/Berlin')", '2026-03-29T21:59:59.999Z'],
    ["startOf('2026-03-29', 'week')", '2026-03-23T00:00:00.000Z'],
    ["startOf('2026-05-20', 'quarter')", '2026-04-01T00:00:00.000Z'],
    ["parseDate('2026-03-29 02:30', 'yyyy-MM-dd HH:mm', 'Europe/Berlin')", '2026-03-29T01:30:00.000Z'],
    ["parseDate('2026-10-25 02:30', 'yyyy-MM-dd HH:mm', 'Europe/Berlin')", '2026-10-25T00:30:00.000Z'],
    ["parseDate('5 Mar 26 at 3:07 pm', \"d MMM yy 'at' h:mm a\")", '2026-03-05T15:07:00.000Z'],
    [
      "formatDate('2026-03-29T00:05:09.007Z', \"yy-M-d h:m:s.SSS a EEEE MMMM ''XXX\")",
      "26-3-29 12:5:9.007 AM Sunday March 'Z",
    ],
    ["dateDiff('2026-01-31', '2025-12-31', 'month')", -1],
    ["slug('Ærø & Straße 3')", 'ærø-strasse-3'],
    ["sortBy([{ n: null }, { n: 'b' }, { n: 'a' }, {}], 'n')", [{ n: 'a' }, { n: 'b' }, { n: null }, {}]],
  ])('%s', (source, result) => {
    expect(evaluate(source)).toEqual(result);
  });

  it.each([
    ["parseDate('31.02.2026', 'dd.MM.yyyy')", 'does not fit'],
    ["formatDate('x', 'yyyy')", 'needs a date'],
    ["formatDate(now, 'yyyy', 'Mars/Base')", 'time zone'],
    ["addDuration(now, '1 fortnight')", 'A duration is written as'],
    ["addDuration(now, '0.5mo')", 'whole months'],
    ["durationMs('1mo')", 'no fixed length'],
    ["jsonPath({}, '$.a[?(@.b)]')", 'not available'],
    ['chunk([1], 0)', 'from 1 on'],
    ['range(0, 1, 0)', 'step'],
    ["hash('a', 'sha3')", 'must be one of'],
    ["base64Decode('%%')", 'not base64'],
    ["sum('abc')", 'needs a list'],
    ['random(1, 2).foo()', "no method 'foo'"],
  ])('%s is refused: %s', (source, message) => {
    expect(() => evaluate(source)).toThrow(message);
  });
});
