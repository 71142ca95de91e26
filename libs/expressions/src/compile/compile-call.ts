import type {
  CallExpression,
  Expression,
  Identifier,
  MemberExpression,
  NewExpression,
} from '../syntax/expression-tree.js';
import { EXPRESSION_ERROR_CODE, Fault, forbidden, typeFault } from '../expression.errors.js';
import { GLOBALS, FUNCTION_VALUES, NAMESPACES, functionNames } from '../functions/function-table.js';
import type { MethodOwner } from '../methods/method-table.js';
import { METHODS, methodNames, methodsNamed } from '../methods/method-table.js';
import { constructDate } from '../methods/construct-date.js';
import { Callable } from '../runtime/callable.js';
import { toKey } from '../runtime/coercion.js';
import { describe } from '../runtime/iteration.js';
import { readProperty } from '../runtime/property.js';
import type { Code, Frame, Runtime } from '../runtime/runtime.js';
import { didYouMean } from '../suggest.js';
import { staticKey } from '../syntax/check-syntax.js';
import { compileList } from './compile-literals.js';
import { SKIPPED, namespaceMember, namespaceOf, nullish } from './compile-member.js';
import type { NameScope, Unit } from './unit.js';

type Parameters = (rt: Runtime, frame: Frame) => unknown[];

export function compileCall(node: CallExpression, unit: Unit, names: NameScope | undefined): Code {
  const { callee } = node;
  const parameters = compileList(node.arguments, unit, names);
  if (callee.type === 'Identifier' && names?.find(callee.name) === undefined) {
    return callFunction(node, namedFunction(callee), parameters);
  }
  if (callee.type === 'MemberExpression') {
    const namespace = namespaceOf(callee.object as Expression, names);
    if (namespace !== undefined) return callFunction(node, namespaceFunction(namespace, callee), parameters);
    return compileMethodCall(node, callee, parameters, unit, names);
  }
  return callValue(node, unit.compile(callee, names), parameters);
}

export function compileNew(node: NewExpression, unit: Unit, names: NameScope | undefined): Code {
  const parameters = compileList(node.arguments, unit, names);
  return (rt, frame) => {
    const values = parameters(rt, frame);
    rt.at = node.start;
    return constructDate(rt, values);
  };
}

function namedFunction({ name, start }: Identifier): Callable {
  const found = Object.hasOwn(FUNCTION_VALUES, name) ? FUNCTION_VALUES[name] : GLOBALS[name];
  if ((Object.hasOwn(FUNCTION_VALUES, name) || Object.hasOwn(GLOBALS, name)) && found instanceof Callable) return found;
  const hint = didYouMean(name, functionNames());
  throw new Fault(EXPRESSION_ERROR_CODE.unknownName, `There is no function '${name}'.${hint}`, start);
}

function namespaceFunction(namespace: string, callee: MemberExpression): Callable {
  const member = namespaceMember(namespace, callee);
  if (member instanceof Callable) return member;
  const functions = Object.keys(NAMESPACES[namespace] ?? {}).join(', ');
  throw typeFault(`This member of ${namespace} is not a function. It has: ${functions}.`, callee.start);
}

function callFunction(node: CallExpression, target: Callable, parameters: Parameters): Code {
  const { start } = node;
  return (rt, frame) => {
    const values = parameters(rt, frame);
    rt.at = start;
    return target.apply(rt, values);
  };
}

function callValue(node: CallExpression, callee: Code, parameters: Parameters): Code {
  return (rt, frame) => {
    const target = callee(rt, frame);
    if (target === SKIPPED) return SKIPPED;
    if (node.optional && (target === null || target === undefined)) return SKIPPED;
    if (!(target instanceof Callable)) throw notCallable(target, node);
    const values = parameters(rt, frame);
    rt.at = node.start;
    return target.apply(rt, values);
  };
}

function notCallable(target: unknown, node: CallExpression): Fault {
  return typeFault(`${describe(target)} cannot be called.`, node.start);
}

function compileMethodCall(
  node: CallExpression,
  callee: MemberExpression,
  parameters: Parameters,
  unit: Unit,
  names: NameScope | undefined,
): Code {
  const object = unit.compile(callee.object as Expression, names);
  const key = staticKey(callee);
  if (typeof key !== 'string') {
    const computed = key === undefined ? unit.compile(callee.property as Expression, names) : () => key;
    return callOwnFunction(node, callee, { object, computed, parameters }, unit);
  }
  const methods = methodsNamed(key);
  if (methods === undefined) {
    const hint = didYouMean(key, methodNames());
    throw new Fault(EXPRESSION_ERROR_CODE.unknownName, `There is no method '${key}'.${hint}`, callee.property.start);
  }
  return (rt, frame) => {
    const self = object(rt, frame);
    if (self === null || self === undefined) {
      if (callee.optional) return SKIPPED;
      throw nullish(self, key, callee, unit);
    }
    if (self === SKIPPED) return SKIPPED;
    const method = methods(self);
    if (method === undefined) return callOwnProperty(rt, frame, self, key, node, callee, parameters);
    const values = parameters(rt, frame);
    rt.at = callee.property.start;
    rt.work(1);
    return method(rt, self, values);
  };
}

/** `list[0](x)`, `table[key](x)`: only a function that the expression itself has put there can be called so. */
function callOwnFunction(
  node: CallExpression,
  callee: MemberExpression,
  { object, computed, parameters }: { object: Code; computed: Code; parameters: Parameters },
  unit: Unit,
): Code {
  return (rt, frame) => {
    const self = object(rt, frame);
    if (self === null || self === undefined) {
      if (callee.optional) return SKIPPED;
      throw nullish(self, undefined, callee, unit);
    }
    if (self === SKIPPED) return SKIPPED;
    rt.at = callee.start;
    return callOwnProperty(rt, frame, self, toKey(rt, computed(rt, frame)), node, callee, parameters);
  };
}

/** Says whose method it is, as in `steps.a.output.getTime()` on the text of a date. */
function ownersHint(key: string | number): string {
  const owners = (Object.keys(METHODS) as MethodOwner[]).filter((owner) => Object.hasOwn(METHODS[owner], key));
  if (owners.length === 0) return '';
  const advice = owners.includes('date') && owners.length === 1 ? ' Make one with new Date(text).' : '';
  return ` It is a method of ${owners.join(' and ')} values.${advice}`;
}

function callOwnProperty(
  rt: Runtime,
  frame: Frame,
  self: unknown,
  key: string | number,
  node: CallExpression,
  callee: MemberExpression,
  parameters: Parameters,
): unknown {
  const own = typeof self === 'object' && self !== null && Object.hasOwn(self, key);
  const target = own ? readProperty(self, key) : undefined;
  if (target instanceof Callable) {
    const values = parameters(rt, frame);
    rt.at = node.start;
    return target.apply(rt, values);
  }
  if (node.optional && (target === null || target === undefined)) {
    // A name that only the prototype has would be callable in JavaScript.
    readProperty(self, key);
    return SKIPPED;
  }
  // A computed key may be data, which has no place in a message.
  const name = callee.computed ? 'This' : `'${key}'`;
  if (!own && (self instanceof Callable || key in (Object(self) as object))) {
    throw forbidden(`${name} cannot be called on ${describe(self)} here.`, node.start);
  }
  throw callee.computed
    ? typeFault('No function stands at this key.', node.start)
    : typeFault(`${describe(self)} has no method '${key}'.${ownersHint(key)}`, node.start);
}
