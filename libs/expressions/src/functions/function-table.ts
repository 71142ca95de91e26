import { BuiltIn } from '../runtime/callable.js';
import { toNumber } from '../runtime/coercion.js';

/** Functions of the language that JavaScript does not have, as values. */
export const FUNCTION_VALUES: Record<string, unknown> = {};

export const NAMESPACES: Record<string, Record<string, unknown>> = {};

/** Names that mean the same whatever the scope holds. */
export const GLOBALS: Record<string, unknown> = {
  undefined: undefined,
  NaN: NaN,
  Infinity: Infinity,
  Number: new BuiltIn((rt, parameters) => (parameters.length === 0 ? 0 : toNumber(rt, parameters[0]))),
};

export function functionNames(): string[] {
  return [...Object.keys(FUNCTION_VALUES), ...Object.keys(GLOBALS)];
}
