import type { Identifier } from '../syntax/expression-tree.js';
import { EXPRESSION_ERROR_CODE, Fault, forbidden } from '../expression.errors.js';
import { FUNCTION_VALUES, GLOBALS, NAMESPACE, functionNames } from '../functions/function-table.js';
import { copyPrivately } from '../runtime/plain-data.js';
import type { Code, Runtime } from '../runtime/runtime.js';
import { didYouMean } from '../suggest.js';
import type { NameScope, Unit } from './unit.js';

export function compileIdentifier(node: Identifier, unit: Unit, names: NameScope | undefined): Code {
  const local = names?.find(node.name);
  if (local !== undefined) return readLocal(node, local);
  if (Object.hasOwn(GLOBALS, node.name)) {
    const value = GLOBALS[node.name];
    if (value === NAMESPACE) throw forbidden(`'${node.name}' is not a value; call one of its members.`, node.start);
    return () => value;
  }
  if (isRoot(node.name, unit)) unit.references.push({ root: node.name, path: [], offset: node.start });
  return rootCode(node, unit);
}

function readLocal(node: Identifier, { hops, slot, bound }: { hops: number; slot: number; bound: boolean }): Code {
  if (!bound) throw forbidden(`'${node.name}' is read before it has a value.`, node.start);
  if (hops === 0) return (_rt, frame) => frame[slot];
  if (hops === 1) return (_rt, frame) => (frame[0] as unknown[])[slot];
  return (_rt, frame) => {
    let outer = frame;
    for (let hop = 0; hop < hops; hop++) outer = outer[0] as unknown[];
    return outer[slot];
  };
}

/** A function of the table may be shadowed by a root of the same name; without declared roots the scope decides. */
function isRoot(name: string, unit: Unit): boolean {
  return unit.roots?.has(name) ?? !Object.hasOwn(FUNCTION_VALUES, name);
}

/** Reads a root of the scope, or the function of that name used as a value. */
export function rootCode(node: Identifier, unit: Unit): Code {
  const { name, start } = node;
  const fallback = Object.hasOwn(FUNCTION_VALUES, name) ? FUNCTION_VALUES[name] : undefined;
  if (unit.roots !== undefined && !unit.roots.has(name)) {
    if (fallback === undefined) throw unknownName(name, start, unit.roots);
    return () => fallback;
  }
  const read = (rt: Runtime): unknown => {
    if (Object.hasOwn(rt.scope, name)) return rt.scope[name];
    if (name === 'now') return new Date(rt.now).toISOString();
    if (fallback !== undefined) return fallback;
    throw unknownName(name, start, Object.keys(rt.scope));
  };
  return unit.mutates ? (rt) => copyPrivately(rt, read(rt)) : read;
}

/** `typeof name` of a root that the scope does not have is 'undefined', not an error. */
export function typeofRoot(node: Identifier, unit: Unit): Code {
  const read = rootCode(node, unit);
  return (rt, frame) =>
    Object.hasOwn(rt.scope, node.name) || node.name === 'now' || Object.hasOwn(FUNCTION_VALUES, node.name)
      ? read(rt, frame)
      : undefined;
}

export function unknownName(name: string, offset: number, known: Iterable<string>): Fault {
  const candidates = [...known];
  const listed = candidates.length > 0 && candidates.length <= 12 ? ` Known names: ${candidates.join(', ')}.` : '';
  const hint = didYouMean(name, [...candidates, ...functionNames()]) || listed;
  return new Fault(EXPRESSION_ERROR_CODE.unknownName, `'${name}' is not defined.${hint}`, offset);
}
