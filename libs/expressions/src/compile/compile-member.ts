import type { ChainExpression, Expression, Identifier, MemberExpression } from '../syntax/expression-tree.js';
import type { Fault } from '../expression.errors.js';
import { forbidden, typeFault } from '../expression.errors.js';
import { GLOBALS, NAMESPACES } from '../functions/function-table.js';
import { toKey } from '../runtime/coercion.js';
import { copyPrivately } from '../runtime/plain-data.js';
import { readProperty } from '../runtime/property.js';
import type { Code, Runtime } from '../runtime/runtime.js';
import { didYouMean } from '../suggest.js';
import { staticKey } from '../syntax/check-syntax.js';
import { rootCode } from './compile-name.js';
import type { NameScope, Unit } from './unit.js';

/** What the links behind a short-circuited `?.` give on to the end of their chain. */
export const SKIPPED = Symbol('skipped');

export function compileChain(node: ChainExpression, unit: Unit, names: NameScope | undefined): Code {
  const inner = unit.compile(node.expression, names);
  return (rt, frame) => {
    const value = inner(rt, frame);
    return value === SKIPPED ? undefined : value;
  };
}

export function compileMember(node: MemberExpression, unit: Unit, names: NameScope | undefined): Code {
  return compileNamespaceMember(node, names) ?? compilePath(node, unit, names) ?? compileLink(node, unit, names);
}

/** `Math.PI`, or `Math.round` as a function value. */
function compileNamespaceMember(node: MemberExpression, names: NameScope | undefined): Code | undefined {
  const namespace = namespaceOf(node.object as Expression, names);
  if (namespace === undefined) return undefined;
  const value = namespaceMember(namespace, node);
  return () => value;
}

export function namespaceOf(node: Expression, names: NameScope | undefined): string | undefined {
  if (node.type !== 'Identifier' || names?.find(node.name) !== undefined) return undefined;
  return Object.hasOwn(NAMESPACES, node.name) ? node.name : undefined;
}

export function namespaceMember(namespace: string, node: MemberExpression): unknown {
  const members = NAMESPACES[namespace] ?? {};
  const key = staticKey(node);
  if (typeof key === 'string' && Object.hasOwn(members, key)) return members[key];
  const name = key === undefined ? '[...]' : `.${key}`;
  const hint = typeof key === 'string' ? didYouMean(key, Object.keys(members)) : '';
  throw forbidden(`${namespace}${name} is not available.${hint}`, node.start);
}

interface StaticPath {
  root: Identifier;
  /** The accesses from the root outwards. */
  links: { key: string | number; optional: boolean; node: MemberExpression }[];
}

/** The accesses of a chain such as `steps.fetch.output[0]?.id` when the text alone decides all of them. */
export function staticPath(node: Expression, names: NameScope | undefined): StaticPath | undefined {
  const links: StaticPath['links'] = [];
  let current: Expression = node;
  while (current.type === 'MemberExpression') {
    const key = staticKey(current);
    if (key === undefined) return undefined;
    links.unshift({ key, optional: current.optional, node: current });
    current = current.object as Expression;
  }
  if (current.type !== 'Identifier' || names?.find(current.name) !== undefined) return undefined;
  return Object.hasOwn(GLOBALS, current.name) ? undefined : { root: current, links };
}

function compilePath(node: MemberExpression, unit: Unit, names: NameScope | undefined): Code | undefined {
  const path = staticPath(node, names);
  if (path === undefined) return undefined;
  const { root, links } = path;
  unit.references.push({ root: root.name, path: links.map(({ key }) => key), offset: root.start });
  const read = readPath(rootCode(root, { ...unit, mutates: false }), links, unit);
  if (!unit.mutates) return read;
  return (rt, frame) => {
    const value = read(rt, frame);
    return value === SKIPPED ? value : copyPrivately(rt, value);
  };
}

function readPath(root: Code, links: StaticPath['links'], unit: Unit): Code {
  if (unit.mutates || links.some(({ optional }) => optional)) {
    const follow = (object: Code): Code => (unit.mutates ? (rt, frame) => privateCopy(rt, object(rt, frame)) : object);
    return links.reduce((object, { key, optional, node }) => linkCode(follow(object), key, optional, node, unit), root);
  }
  const keys = links.map(({ key }) => key);
  return (rt, frame) => {
    let value = root(rt, frame);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string | number;
      if (value === null || value === undefined) throw nullish(value, key, links[index]?.node, unit);
      value = readProperty(value, key);
    }
    return value;
  };
}

/** The copy of a value that may have been changed, if there is one. */
function privateCopy(rt: Runtime, value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (rt.copies?.get(value) ?? value) : value;
}

/** `item.price` of a parameter: what functions over lists do most, so in one step. */
function compileParameterLink(
  node: MemberExpression,
  key: string | number,
  unit: Unit,
  names: NameScope | undefined,
): Code | undefined {
  const local = node.object.type === 'Identifier' ? names?.find(node.object.name) : undefined;
  if (local === undefined || local.hops > 0 || !local.bound || node.optional) return undefined;
  const { slot } = local;
  return (rt, frame) => {
    const target = frame[slot];
    if (typeof target === 'object' && target !== null && hasOwn.call(target, key)) {
      return (target as Record<string, unknown>)[key];
    }
    if (target === null || target === undefined) throw nullish(target, key, node, unit);
    rt.at = node.start;
    return readProperty(target, key);
  };
}

const hasOwn = Object.prototype.hasOwnProperty;

function compileLink(node: MemberExpression, unit: Unit, names: NameScope | undefined): Code {
  const fixed = staticKey(node);
  const quick = fixed === undefined ? undefined : compileParameterLink(node, fixed, unit, names);
  if (quick !== undefined) return quick;
  const object = unit.compile(node.object as Expression, names);
  if (fixed !== undefined) return linkCode(object, fixed, node.optional, node, unit);
  const computed = unit.compile(node.property as Expression, names);
  return (rt, frame) => {
    const target = object(rt, frame);
    if (target === SKIPPED) return SKIPPED;
    if (target === null || target === undefined) {
      if (node.optional) return SKIPPED;
      throw nullish(target, undefined, node, unit);
    }
    rt.at = node.start;
    return readProperty(target, toKey(rt, computed(rt, frame)));
  };
}

function linkCode(object: Code, key: string | number, optional: boolean, node: MemberExpression, unit: Unit): Code {
  return (rt, frame) => {
    const target = object(rt, frame);
    if (target === null || target === undefined) {
      if (optional) return SKIPPED;
      throw nullish(target, key, node, unit);
    }
    if (target === SKIPPED) return SKIPPED;
    rt.at = node.start;
    return readProperty(target, key);
  };
}

const MAX_QUOTED_LENGTH = 60;

/** Names the author's own text that turned out to be null, which is nearly always the question. */
export function nullish(
  value: unknown,
  key: string | number | undefined,
  node: MemberExpression | undefined,
  unit: Unit,
): Fault {
  const source = node === undefined ? '' : unit.text.slice(node.object.start, node.object.end);
  const subject = source === '' || source.length > MAX_QUOTED_LENGTH ? 'This value' : `'${source}'`;
  const what = key === undefined ? 'a property' : `'${key}'`;
  return typeFault(`${subject} is ${value}, so ${what} cannot be read. Use ?. where it may be missing.`, node?.start);
}
