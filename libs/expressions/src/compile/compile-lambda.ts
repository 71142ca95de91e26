import type {
  ArrayPattern,
  ArrowFunctionExpression,
  Expression,
  ObjectPattern,
  Pattern,
  Property,
} from '../syntax/expression-tree.js';
import { typeFault } from '../expression.errors.js';
import type { LambdaCode } from '../runtime/callable.js';
import { Lambda } from '../runtime/callable.js';
import { toKey } from '../runtime/coercion.js';
import { describe, iterate, spreadInto } from '../runtime/iteration.js';
import { readProperty } from '../runtime/property.js';
import { Sequence } from '../runtime/sequence.js';
import type { Code, Frame, Runtime } from '../runtime/runtime.js';
import { SIZE } from '../runtime/runtime.js';
import { staticKey } from '../syntax/check-syntax.js';
import type { Unit } from './unit.js';
import { NameScope, costOf } from './unit.js';

/** Takes a value apart into the frame. */
type Binder = (rt: Runtime, frame: Frame, value: unknown) => void;

export function compileLambda(node: ArrowFunctionExpression, unit: Unit, outer: NameScope | undefined): Code {
  const names = new NameScope(outer);
  const plain = node.params.every(({ type }) => type === 'Identifier');
  for (const parameter of node.params) declareNames(parameter, names);
  const bind = plain ? undefined : compileParameters(node.params, unit, names);
  if (plain) for (const parameter of node.params) if (parameter.type === 'Identifier') names.markBound(parameter.name);
  const body = unit.compile(node.body, names);
  const code: LambdaCode = {
    slots: names.size,
    plain: plain ? node.params.length : undefined,
    bind,
    body,
    cost: costOf(node.body) + 1,
  };
  return (rt, frame) => {
    rt.allocate(SIZE.object);
    return new Lambda(code, frame);
  };
}

function declareNames(pattern: Pattern, names: NameScope): void {
  switch (pattern.type) {
    case 'Identifier':
      names.declare(pattern.name);
      return;
    case 'AssignmentPattern':
      return declareNames(pattern.left, names);
    case 'RestElement':
      return declareNames(pattern.argument, names);
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element !== null) declareNames(element, names);
      return;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        declareNames(property.type === 'RestElement' ? property : property.value, names);
      }
      return;
  }
}

function compileParameters(
  parameters: readonly Pattern[],
  unit: Unit,
  names: NameScope,
): (rt: Runtime, frame: Frame, values: unknown[]) => void {
  const binders = parameters.map((parameter) => ({
    rest: parameter.type === 'RestElement',
    bind: compilePattern(parameter.type === 'RestElement' ? parameter.argument : parameter, unit, names),
  }));
  return (rt, frame, values) => {
    for (let index = 0; index < binders.length; index++) {
      const { rest, bind } = binders[index] as { rest: boolean; bind: Binder };
      if (rest) rt.list(values.length);
      bind(rt, frame, rest ? values.slice(index) : values[index]);
    }
  };
}

function compilePattern(pattern: Pattern, unit: Unit, names: NameScope): Binder {
  switch (pattern.type) {
    case 'Identifier': {
      const slot = names.find(pattern.name)?.slot ?? 0;
      names.markBound(pattern.name);
      return (_rt, frame, value) => {
        frame[slot] = value;
      };
    }
    case 'AssignmentPattern': {
      const fallback = unit.compile(pattern.right, names);
      const bind = compilePattern(pattern.left, unit, names);
      return (rt, frame, value) => bind(rt, frame, value === undefined ? fallback(rt, frame) : value);
    }
    case 'ArrayPattern':
      return compileArrayPattern(pattern, unit, names);
    case 'ObjectPattern':
      return compileObjectPattern(pattern, unit, names);
    case 'RestElement':
      return compilePattern(pattern.argument, unit, names);
  }
}

function compileArrayPattern(pattern: ArrayPattern, unit: Unit, names: NameScope): Binder {
  const binders = pattern.elements.map((element) => {
    if (element === null) return undefined;
    const rest = element.type === 'RestElement';
    return { rest, bind: compilePattern(rest ? element.argument : element, unit, names) };
  });
  return (rt, frame, value) => {
    if (value instanceof Sequence) return bindSequence(rt, frame, value, binders);
    const items = iterate(rt, value);
    for (let index = 0; index < binders.length; index++) {
      const binder = binders[index];
      if (binder === undefined) continue;
      if (binder.rest) rt.list(items.length);
      binder.bind(rt, frame, binder.rest ? items.slice(index) : items[index]);
    }
  };
}

function bindSequence(
  rt: Runtime,
  frame: Frame,
  sequence: Sequence,
  binders: ({ rest: boolean; bind: Binder } | undefined)[],
): void {
  for (const binder of binders) {
    const value = binder?.rest ? sequence.rest() : sequence.next().value;
    binder?.bind(rt, frame, value);
  }
}

interface PropertyBinder {
  key: (rt: Runtime, frame: Frame) => string | number;
  bind: Binder;
  at: number;
}

function compileObjectPattern(pattern: ObjectPattern, unit: Unit, names: NameScope): Binder {
  const binders: PropertyBinder[] = [];
  let rest: Binder | undefined;
  for (const property of pattern.properties) {
    if (property.type === 'RestElement') rest = compilePattern(property.argument, unit, names);
    else {
      const key = compileKey(property as unknown as Property, unit, names);
      binders.push({ key, bind: compilePattern(property.value, unit, names), at: property.start });
    }
  }
  return (rt, frame, value) => {
    if (value === null || value === undefined) {
      throw typeFault(`${describe(value)} cannot be taken apart with {}.`, pattern.start);
    }
    const taken = new Set<string>();
    for (const { key, bind, at } of binders) {
      const name = key(rt, frame);
      if (rest !== undefined) taken.add(String(name));
      rt.at = at;
      bind(rt, frame, readProperty(value, name));
    }
    if (rest === undefined) return;
    const others: Record<string, unknown> = {};
    spreadInto(rt, others, value, taken);
    rest(rt, frame, others);
  };
}

function compileKey(property: Property, unit: Unit, names: NameScope): (rt: Runtime, frame: Frame) => string | number {
  const fixed = staticKey({ computed: property.computed, property: property.key });
  if (fixed !== undefined) return () => fixed;
  const computed = unit.compile(property.key as Expression, names);
  return (rt, frame) => toKey(rt, computed(rt, frame));
}
