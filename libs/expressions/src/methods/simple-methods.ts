import { rangeFault } from '../expression.errors.js';
import { toInteger, toKey } from '../runtime/coercion.js';
import type { MethodTable } from './method.js';
import { method } from './method.js';
import { formatNumber } from './locale-format.js';

function digits(value: number | undefined, low: number, high: number): number | undefined {
  if (value === undefined) return undefined;
  if (value >= low && value <= high) return value;
  throw rangeFault(`The number of digits must be from ${low} to ${high}.`);
}

/** All methods of numbers. */
export const numberMethods: MethodTable<number> = {
  toFixed: method('toFixed(digits = 0): string', 'With a fixed number of decimals.', (rt, self, [count]) =>
    self.toFixed(digits(toInteger(rt, count), 0, 100)),
  ),
  toPrecision: method(
    'toPrecision(digits?): string',
    'With a fixed number of significant digits.',
    (rt, self, [count]) => {
      const wanted = count === undefined ? undefined : toInteger(rt, count);
      return self.toPrecision(Number.isFinite(self) ? digits(wanted, 1, 100) : undefined);
    },
  ),
  toExponential: method('toExponential(digits?): string', 'In exponential notation.', (rt, self, [count]) => {
    const wanted = count === undefined ? undefined : toInteger(rt, count);
    return self.toExponential(Number.isFinite(self) ? digits(wanted, 0, 100) : undefined);
  }),
  toString: method<number>(
    'toString(radix = 10): string',
    'As text, in any base from 2 to 36.',
    (rt, self, [radix]) => {
      const base = radix === undefined ? 10 : toInteger(rt, radix);
      if (base < 2 || base > 36) throw rangeFault('The base must be from 2 to 36.');
      return rt.text(self.toString(base));
    },
  ),
  toLocaleString: method<number>(
    "toLocaleString(locale = 'en-US', options?): string",
    'As people write it.',
    (rt, self, [locale, options]) => formatNumber(rt, self, locale, options),
  ),
  valueOf: method<number>('valueOf(): number', 'The number itself.', (_rt, self) => self),
};

export const booleanMethods: MethodTable<boolean> = {
  toString: method<boolean>('toString(): string', "'true' or 'false'.", (_rt, self) => String(self)),
  valueOf: method<boolean>('valueOf(): boolean', 'The value itself.', (_rt, self) => self),
};

/** All methods of plain objects. */
export const objectMethods: MethodTable<object> = {
  hasOwnProperty: method<object>(
    'hasOwnProperty(name): boolean',
    'Whether the object has a property.',
    (rt, self, [name]) => Object.hasOwn(self, toKey(rt, name)),
  ),
  toString: method<object>(
    'toString(): string',
    "'[object Object]'; use JSON.stringify for its contents.",
    () => '[object Object]',
  ),
  valueOf: method<object>('valueOf(): object', 'The object itself.', (_rt, self) => self),
};
