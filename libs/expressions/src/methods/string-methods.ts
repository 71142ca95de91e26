import { rangeFault, typeFault } from '../expression.errors.js';
import { Pattern } from '../regexp/pattern.js';
import { optionalNumber, optionalText, toInteger, toText } from '../runtime/coercion.js';
import type { Runtime } from '../runtime/runtime.js';
import type { MethodTable } from './method.js';
import { method } from './method.js';
import { stringPatternMethods } from './string-pattern-methods.js';

function plainText(rt: Runtime, value: unknown, name: string): string {
  if (value instanceof Pattern) throw typeFault(`${name} takes text, not a regular expression.`);
  return toText(rt, value);
}

function padded(rt: Runtime, text: string, parameters: unknown[], atStart: boolean): string {
  const length = toInteger(rt, parameters[0]);
  if (length <= text.length) return text;
  const filler = optionalText(rt, parameters[1]);
  if (filler === '') return text;
  rt.charge(length);
  return atStart ? text.padStart(length, filler) : text.padEnd(length, filler);
}

/** How many characters one character can become under Unicode's compatibility normalization, at most. */
const COMPATIBILITY_GROWTH = 18;
const CANONICAL_GROWTH = 3;

function normalized(rt: Runtime, text: string, form: string): string {
  if (!['NFC', 'NFD', 'NFKC', 'NFKD'].includes(form)) throw rangeFault('The form must be NFC, NFD, NFKC or NFKD.');
  rt.charge(text.length * (form.includes('K') ? COMPATIBILITY_GROWTH : CANONICAL_GROWTH));
  return text.normalize(form);
}

const searchMethods: MethodTable<string> = {
  includes: method('includes(text, from?): boolean', 'Whether the text occurs in it.', (rt, self, [text, from]) => {
    rt.work(self.length >> 4);
    return self.includes(plainText(rt, text, 'includes'), optionalNumber(rt, from));
  }),
  startsWith: method('startsWith(text, from?): boolean', 'Whether it begins with the text.', (rt, self, [text, from]) =>
    self.startsWith(plainText(rt, text, 'startsWith'), optionalNumber(rt, from)),
  ),
  endsWith: method('endsWith(text, end?): boolean', 'Whether it ends with the text.', (rt, self, [text, end]) =>
    self.endsWith(plainText(rt, text, 'endsWith'), optionalNumber(rt, end)),
  ),
  indexOf: method('indexOf(text, from?): number', 'Where the text occurs first, or -1.', (rt, self, [text, from]) => {
    rt.work(self.length >> 4);
    return self.indexOf(toText(rt, text), optionalNumber(rt, from));
  }),
  lastIndexOf: method(
    'lastIndexOf(text, from?): number',
    'Where the text occurs last, or -1.',
    (rt, self, [text, from]) => {
      rt.work(self.length >> 4);
      return self.lastIndexOf(toText(rt, text), optionalNumber(rt, from));
    },
  ),
  localeCompare: method(
    'localeCompare(text): number',
    'Order of two texts in English: -1, 0 or 1.',
    (rt, self, [text, locale]) => {
      rt.work(64 + (self.length >> 2));
      return self.localeCompare(toText(rt, text), optionalText(rt, locale) ?? 'en');
    },
  ),
  at: method('at(index): string', 'The character at an index; negative ones count from the end.', (rt, self, [index]) =>
    self.at(toInteger(rt, index)),
  ),
  charAt: method('charAt(index): string', "The character at an index, or ''.", (rt, self, [index]) =>
    self.charAt(toInteger(rt, index)),
  ),
  charCodeAt: method('charCodeAt(index): number', 'The UTF-16 code at an index.', (rt, self, [index]) =>
    self.charCodeAt(toInteger(rt, index)),
  ),
  codePointAt: method('codePointAt(index): number', 'The Unicode code point at an index.', (rt, self, [index]) =>
    self.codePointAt(toInteger(rt, index)),
  ),
};

const changedCopies: MethodTable<string> = {
  slice: method(
    'slice(start?, end?): string',
    'A part; negative numbers count from the end.',
    (rt, self, [start, end]) => rt.text(self.slice(optionalNumber(rt, start), optionalNumber(rt, end))),
  ),
  substring: method('substring(start, end?): string', 'A part between two indexes.', (rt, self, [start, end]) =>
    rt.text(self.substring(toInteger(rt, start), optionalNumber(rt, end))),
  ),
  substr: method('substr(start, length?): string', 'A part of a given length.', (rt, self, [start, length]) =>
    rt.text(self.substr(toInteger(rt, start), optionalNumber(rt, length))),
  ),
  trim: method('trim(): string', 'Without white space at both ends.', (rt, self) => rt.text(self.trim())),
  trimStart: method('trimStart(): string', 'Without white space at the start.', (rt, self) =>
    rt.text(self.trimStart()),
  ),
  trimEnd: method('trimEnd(): string', 'Without white space at the end.', (rt, self) => rt.text(self.trimEnd())),
  toUpperCase: method('toUpperCase(): string', 'In capitals.', (rt, self) => {
    rt.charge(self.length);
    return rt.text(self.toUpperCase());
  }),
  toLowerCase: method('toLowerCase(): string', 'In small letters.', (rt, self) => {
    rt.charge(self.length);
    return rt.text(self.toLowerCase());
  }),
  toLocaleUpperCase: method('toLocaleUpperCase(): string', 'In capitals, by English rules.', (rt, self) => {
    rt.charge(self.length);
    return rt.text(self.toLocaleUpperCase('en'));
  }),
  toLocaleLowerCase: method('toLocaleLowerCase(): string', 'In small letters, by English rules.', (rt, self) => {
    rt.charge(self.length);
    return rt.text(self.toLocaleLowerCase('en'));
  }),
  normalize: method("normalize(form = 'NFC'): string", 'In a Unicode normal form.', (rt, self, [form]) =>
    normalized(rt, self, optionalText(rt, form) ?? 'NFC'),
  ),
  repeat: method('repeat(count): string', 'The text, count times.', (rt, self, [count]) => {
    const times = toInteger(rt, count);
    if (times < 0 || times === Infinity) throw rangeFault('repeat needs a count from 0 on.');
    rt.charge(self.length * times);
    return self.repeat(times);
  }),
  padStart: method("padStart(length, filler = ' '): string", 'Filled up at the start.', (rt, self, parameters) =>
    padded(rt, self, parameters, true),
  ),
  padEnd: method("padEnd(length, filler = ' '): string", 'Filled up at the end.', (rt, self, parameters) =>
    padded(rt, self, parameters, false),
  ),
  concat: method('concat(...texts): string', 'The texts behind one another.', (rt, self, parameters) => {
    let result = self;
    for (const value of parameters) result = rt.text(result + toText(rt, value));
    return result;
  }),
  isWellFormed: method('isWellFormed(): boolean', 'Whether it has no lone surrogate.', (rt, self) => {
    rt.work(self.length >> 4);
    return !/\p{Surrogate}/u.test(self);
  }),
  toString: method<string>('toString(): string', 'The text itself.', (_rt, self) => self),
  valueOf: method<string>('valueOf(): string', 'The text itself.', (_rt, self) => self),
};

/** All methods of strings. */
export const stringMethods: MethodTable<string> = { ...searchMethods, ...changedCopies, ...stringPatternMethods };
