import { BuiltIn } from '../runtime/callable.js';
import { coreFunctions, dateMembers, numberMembers, stringMembers } from './core-functions.js';
import type { FunctionEntry, FunctionTable, MemberTable } from './entry.js';
import { mathMembers } from './math-members.js';
import { arrayMembers, jsonMembers, objectMembers } from './object-members.js';
import { FUNCTIONS } from './library.js';

/** Names with members, such as `Math.round`. None of them is a value of its own. */
export const NAMESPACE_TABLES = {
  Array: arrayMembers,
  Date: dateMembers,
  JSON: jsonMembers,
  Math: mathMembers,
  Number: numberMembers,
  Object: objectMembers,
  String: stringMembers,
} as const satisfies Record<string, MemberTable>;

function asValues(table: MemberTable, unary = false): Record<string, unknown> {
  const values = Object.entries(table).map(([name, entry]) => [
    name,
    'run' in entry ? new BuiltIn(entry.run, unary) : entry.value,
  ]);
  return Object.freeze(Object.fromEntries(values) as Record<string, unknown>);
}

/** What stands for a namespace where a value is wanted: nothing can be done with it. */
export const NAMESPACE = Symbol('namespace');

/** Members of each namespace as values of the language. */
export const NAMESPACES: Readonly<Record<string, Record<string, unknown>>> = Object.fromEntries(
  Object.entries(NAMESPACE_TABLES).map(([name, table]) => [name, asValues(table)]),
);

/** Functions of the language that JavaScript does not have. A root of the scope may have the same name. */
export const FUNCTION_VALUES: Readonly<Record<string, unknown>> = asValues(FUNCTIONS, true);

/** Names that mean the same whatever the scope holds. */
export const GLOBALS: Readonly<Record<string, unknown>> = Object.freeze({
  ...Object.fromEntries(Object.keys(NAMESPACE_TABLES).map((name) => [name, NAMESPACE])),
  ...asValues(coreFunctions),
  undefined: undefined,
  NaN: NaN,
  Infinity: Infinity,
});

/** Functions that JavaScript has without a namespace, such as `parseInt`. */
export const CORE_FUNCTIONS: FunctionTable = coreFunctions;

/** The function that a bare name means, unless a root or a parameter has that name. */
export function functionEntry(name: string): FunctionEntry | undefined {
  if (Object.hasOwn(FUNCTIONS, name)) return FUNCTIONS[name];
  return Object.hasOwn(coreFunctions, name) ? coreFunctions[name] : undefined;
}

export function functionNames(): string[] {
  return [...Object.keys(FUNCTION_VALUES), ...Object.keys(GLOBALS)];
}
