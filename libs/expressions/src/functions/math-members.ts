import { toNumber } from '../runtime/coercion.js';
import type { MemberTable } from './entry.js';
import { constant, entry } from './entry.js';

const ONE_NUMBER: Record<string, [calculate: (x: number) => number, description: string]> = {
  abs: [Math.abs, 'Without its sign.'],
  acos: [Math.acos, 'Arc cosine, in radians.'],
  acosh: [Math.acosh, 'Inverse hyperbolic cosine.'],
  asin: [Math.asin, 'Arc sine, in radians.'],
  asinh: [Math.asinh, 'Inverse hyperbolic sine.'],
  atan: [Math.atan, 'Arc tangent, in radians.'],
  atanh: [Math.atanh, 'Inverse hyperbolic tangent.'],
  cbrt: [Math.cbrt, 'Cube root.'],
  ceil: [Math.ceil, 'Rounded up.'],
  clz32: [Math.clz32, 'Leading zero bits of the 32-bit integer.'],
  cos: [Math.cos, 'Cosine of radians.'],
  cosh: [Math.cosh, 'Hyperbolic cosine.'],
  exp: [Math.exp, 'e to this power.'],
  expm1: [Math.expm1, 'e to this power, less 1.'],
  floor: [Math.floor, 'Rounded down.'],
  fround: [Math.fround, 'Nearest 32-bit float.'],
  log: [Math.log, 'Natural logarithm.'],
  log10: [Math.log10, 'Logarithm to base 10.'],
  log1p: [Math.log1p, 'Natural logarithm of 1 more.'],
  log2: [Math.log2, 'Logarithm to base 2.'],
  round: [Math.round, 'Nearest integer, halves up.'],
  sign: [Math.sign, '-1, 0 or 1.'],
  sin: [Math.sin, 'Sine of radians.'],
  sinh: [Math.sinh, 'Hyperbolic sine.'],
  sqrt: [Math.sqrt, 'Square root.'],
  tan: [Math.tan, 'Tangent of radians.'],
  tanh: [Math.tanh, 'Hyperbolic tangent.'],
  trunc: [Math.trunc, 'Without its decimals.'],
};

const CONSTANTS: MemberTable = {
  E: constant("Euler's number.", Math.E),
  LN10: constant('Natural logarithm of 10.', Math.LN10),
  LN2: constant('Natural logarithm of 2.', Math.LN2),
  LOG10E: constant('Logarithm of e to base 10.', Math.LOG10E),
  LOG2E: constant('Logarithm of e to base 2.', Math.LOG2E),
  PI: constant("A circle's circumference over its diameter.", Math.PI),
  SQRT1_2: constant('Square root of a half.', Math.SQRT1_2),
  SQRT2: constant('Square root of 2.', Math.SQRT2),
};

/** `Math`. */
export const mathMembers: MemberTable = {
  ...CONSTANTS,
  ...Object.fromEntries(
    Object.entries(ONE_NUMBER).map(([name, [calculate, description]]) => [
      name,
      entry(`${name}(x): number`, description, (rt, [x]) => calculate(toNumber(rt, x))),
    ]),
  ),
  atan2: entry('atan2(y, x): number', 'Angle of a point, in radians.', (rt, [y, x]) =>
    Math.atan2(toNumber(rt, y), toNumber(rt, x)),
  ),
  hypot: entry('hypot(...numbers): number', 'Square root of the sum of squares.', (rt, parameters) =>
    Math.hypot(...numbers(rt, parameters)),
  ),
  imul: entry('imul(a, b): number', 'Product as 32-bit integers.', (rt, [a, b]) =>
    Math.imul(toNumber(rt, a), toNumber(rt, b)),
  ),
  max: entry('max(...numbers): number', 'The largest.', (rt, parameters) =>
    extreme(numbers(rt, parameters), Math.max, -Infinity),
  ),
  min: entry('min(...numbers): number', 'The smallest.', (rt, parameters) =>
    extreme(numbers(rt, parameters), Math.min, Infinity),
  ),
  pow: entry(
    'pow(base, exponent): number',
    'A power.',
    (rt, [base, exponent]) => toNumber(rt, base) ** toNumber(rt, exponent),
  ),
  random: entry('random(): number', 'A number from 0 up to 1; the same for the same seed.', (rt) => rt.random()),
};

type Rt = Parameters<typeof toNumber>[0];

function numbers(rt: Rt, values: unknown[]): number[] {
  rt.work(values.length);
  return values.map((value) => toNumber(rt, value));
}

/** `Math.max(...values)` without putting any number of values on the stack. */
function extreme(values: number[], pick: (a: number, b: number) => number, start: number): number {
  let result = start;
  for (const value of values) result = pick(result, value);
  return result;
}
