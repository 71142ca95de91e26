import { rangeFault } from '../expression.errors.js';
import { parseTime } from '../methods/construct-date.js';
import { optionalNumber, toNumber, toText } from '../runtime/coercion.js';
import type { Runtime } from '../runtime/runtime.js';
import type { FunctionTable, MemberTable } from './entry.js';
import { constant, entry } from './entry.js';

function coded(rt: Runtime, value: unknown, code: (text: string) => string): string {
  const text = toText(rt, value);
  rt.charge(3 * text.length);
  return rt.text(code(text));
}

/** Functions that JavaScript has without a namespace. */
export const coreFunctions: FunctionTable = {
  Number: entry(
    'Number(value): number',
    'As a number; NaN when it is none.',
    (rt, parameters) => (parameters.length === 0 ? 0 : toNumber(rt, parameters[0])),
    ["Number('3.5')", 3.5],
  ),
  String: entry(
    'String(value): string',
    'As text.',
    (rt, parameters) => (parameters.length === 0 ? '' : toText(rt, parameters[0])),
    ['String(12)', '12'],
  ),
  Boolean: entry('Boolean(value): boolean', 'Whether the value counts as true.', (_rt, [value]) => Boolean(value), [
    "Boolean('')",
    false,
  ]),
  parseInt: entry(
    'parseInt(text, radix?): number',
    'The integer that a text begins with.',
    (rt, [text, radix]) => parseInt(toText(rt, text), optionalNumber(rt, radix)),
    ["parseInt('12px')", 12],
  ),
  parseFloat: entry(
    'parseFloat(text): number',
    'The number that a text begins with.',
    (rt, [text]) => parseFloat(toText(rt, text)),
    ["parseFloat('1.5 kg')", 1.5],
  ),
  isNaN: entry('isNaN(value): boolean', 'Whether it is no number.', (rt, [value]) => isNaN(toNumber(rt, value)), [
    "isNaN('x')",
    true,
  ]),
  isFinite: entry(
    'isFinite(value): boolean',
    'Whether it is a finite number.',
    (rt, [value]) => isFinite(toNumber(rt, value)),
    ['isFinite(1 / 0)', false],
  ),
  encodeURIComponent: entry(
    'encodeURIComponent(text): string',
    'Escaped for a part of a URL.',
    (rt, [text]) => coded(rt, text, encodeURIComponent),
    ["encodeURIComponent('a b&c')", 'a%20b%26c'],
  ),
  decodeURIComponent: entry(
    'decodeURIComponent(text): string',
    'Such a part as plain text.',
    (rt, [text]) => coded(rt, text, decodeURIComponent),
    ["decodeURIComponent('a%20b')", 'a b'],
  ),
  encodeURI: entry(
    'encodeURI(text): string',
    'A whole URL with what must be escaped escaped.',
    (rt, [text]) => coded(rt, text, encodeURI),
    ["encodeURI('/a b?c=d')", '/a%20b?c=d'],
  ),
  decodeURI: entry('decodeURI(text): string', 'Such a URL as plain text.', (rt, [text]) => coded(rt, text, decodeURI), [
    "decodeURI('/a%20b')",
    '/a b',
  ]),
};

const ownNumber =
  (test: (value: unknown) => boolean) =>
  (_rt: Runtime, [value]: unknown[]) =>
    test(value);

/** `Number`, `String` and `Date`, beside being called. */
export const numberMembers: MemberTable = {
  EPSILON: constant('Distance from 1 to the next number.', Number.EPSILON),
  MAX_SAFE_INTEGER: constant('The largest exact integer.', Number.MAX_SAFE_INTEGER),
  MIN_SAFE_INTEGER: constant('The smallest exact integer.', Number.MIN_SAFE_INTEGER),
  MAX_VALUE: constant('The largest number.', Number.MAX_VALUE),
  MIN_VALUE: constant('The smallest number above 0.', Number.MIN_VALUE),
  NaN: constant('No number.', NaN),
  POSITIVE_INFINITY: constant('Infinity.', Infinity),
  NEGATIVE_INFINITY: constant('Minus infinity.', -Infinity),
  isFinite: entry('isFinite(value): boolean', 'Whether it is a number and finite.', ownNumber(Number.isFinite)),
  isInteger: entry('isInteger(value): boolean', 'Whether it is an integer.', ownNumber(Number.isInteger), [
    'Number.isInteger(5.0)',
    true,
  ]),
  isNaN: entry('isNaN(value): boolean', 'Whether it is NaN itself.', ownNumber(Number.isNaN)),
  isSafeInteger: entry(
    'isSafeInteger(value): boolean',
    'Whether it is an exact integer.',
    ownNumber(Number.isSafeInteger),
  ),
  parseFloat: coreFunctions['parseFloat'] as FunctionTable[string],
  parseInt: coreFunctions['parseInt'] as FunctionTable[string],
};

export const stringMembers: MemberTable = {
  fromCharCode: entry(
    'fromCharCode(...codes): string',
    'Text of UTF-16 codes.',
    (rt, codes) => codes.reduce<string>((text, code) => rt.text(text + String.fromCharCode(toNumber(rt, code))), ''),
    ['String.fromCharCode(72, 105)', 'Hi'],
  ),
  fromCodePoint: entry(
    'fromCodePoint(...codes): string',
    'Text of Unicode code points.',
    (rt, codes) => codes.reduce<string>((text, code) => rt.text(text + String.fromCodePoint(toNumber(rt, code))), ''),
    ['String.fromCodePoint(128512)', '😀'],
  ),
};

export const dateMembers: MemberTable = {
  now: entry('now(): number', 'Milliseconds since 1970 at the time of the evaluation.', (rt) => rt.now),
  parse: entry(
    'parse(text): number',
    'Milliseconds since 1970 of a date as text.',
    (rt, [text]) => parseTime(toText(rt, text)),
    ["Date.parse('1970-01-01T00:00:01Z')", 1000],
  ),
  UTC: entry(
    'UTC(year, month?, day?, hours?, minutes?, seconds?, ms?): number',
    'Milliseconds since 1970; months count from 0.',
    (rt, parts) => {
      if (parts.length > 7) throw rangeFault('Date.UTC takes at most 7 parts.');
      const [year = NaN, ...rest] = parts.map((part) => toNumber(rt, part));
      return Date.UTC(year, ...(rest as [number]));
    },
    ['Date.UTC(1970, 0, 2)', 86400000],
  ),
};
