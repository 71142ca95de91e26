import type {
  BinaryExpression,
  ConditionalExpression,
  Expression,
  LogicalExpression,
  UnaryExpression,
} from '../syntax/expression-tree.js';
import { toNumber } from '../runtime/coercion.js';
import {
  ARITHMETIC,
  UNARY,
  add,
  atLeast,
  atMost,
  greaterThan,
  hasKey,
  lessThan,
  looselyEqual,
} from '../runtime/operators.js';
import { Callable } from '../runtime/callable.js';
import type { Code } from '../runtime/runtime.js';
import { typeofRoot } from './compile-name.js';
import { GLOBALS } from '../functions/function-table.js';
import type { NameScope, Unit } from './unit.js';

export function compileBinary(node: BinaryExpression, unit: Unit, names: NameScope | undefined): Code {
  const left = unit.compile(node.left as Expression, names);
  if (node.right.type === 'Literal' && typeof node.right.value === 'number') {
    const quick = NUMBER_COMPARISONS[node.operator]?.(left, node.right.value);
    if (quick !== undefined) return quick;
  }
  const right = unit.compile(node.right, names);
  return COMPARISONS[node.operator]?.(left, right) ?? compileArithmetic(node, left, right);
}

/** Comparisons with a number that the text holds. */
const NUMBER_COMPARISONS: Record<string, (left: Code, right: number) => Code> = {
  '===': (left, right) => (rt, frame) => left(rt, frame) === right,
  '==': (left, right) => (rt, frame) => {
    const value = left(rt, frame);
    return typeof value === 'number' ? value === right : looselyEqual(rt, value, right);
  },
  '<': (left, right) => (rt, frame) => {
    const value = left(rt, frame);
    return typeof value === 'number' ? value < right : lessThan(rt, value, right);
  },
  '<=': (left, right) => (rt, frame) => {
    const value = left(rt, frame);
    return typeof value === 'number' ? value <= right : atMost(rt, value, right);
  },
  '>': (left, right) => (rt, frame) => {
    const value = left(rt, frame);
    return typeof value === 'number' ? value > right : greaterThan(rt, value, right);
  },
  '>=': (left, right) => (rt, frame) => {
    const value = left(rt, frame);
    return typeof value === 'number' ? value >= right : atLeast(rt, value, right);
  },
};

const COMPARISONS: Record<string, (left: Code, right: Code) => Code> = {
  '===': (left, right) => (rt, frame) => left(rt, frame) === right(rt, frame),
  '!==': (left, right) => (rt, frame) => left(rt, frame) !== right(rt, frame),
  '==': (left, right) => (rt, frame) => {
    const a = left(rt, frame);
    const b = right(rt, frame);
    return typeof a === typeof b && typeof a !== 'object' ? a === b : looselyEqual(rt, a, b);
  },
  '!=': (left, right) => (rt, frame) => !looselyEqual(rt, left(rt, frame), right(rt, frame)),
  '<': (left, right) => (rt, frame) => lessThan(rt, left(rt, frame), right(rt, frame)),
  '<=': (left, right) => (rt, frame) => atMost(rt, left(rt, frame), right(rt, frame)),
  '>': (left, right) => (rt, frame) => greaterThan(rt, left(rt, frame), right(rt, frame)),
  '>=': (left, right) => (rt, frame) => atLeast(rt, left(rt, frame), right(rt, frame)),
  in: (left, right) => (rt, frame) => hasKey(rt, left(rt, frame), right(rt, frame)),
};

function compileArithmetic(node: BinaryExpression, left: Code, right: Code): Code {
  const { operator, start } = node;
  if (operator === '+') {
    return (rt, frame) => {
      const a = left(rt, frame);
      const b = right(rt, frame);
      if (typeof a === 'number' && typeof b === 'number') return a + b;
      rt.at = start;
      return add(rt, a, b);
    };
  }
  if (operator === '*') {
    return (rt, frame) => {
      const a = left(rt, frame);
      const b = right(rt, frame);
      if (typeof a === 'number' && typeof b === 'number') return a * b;
      rt.at = start;
      return toNumber(rt, a) * toNumber(rt, b);
    };
  }
  const calculate = ARITHMETIC[operator];
  if (calculate === undefined) throw new Error(`No arithmetic for the operator ${operator}.`);
  return (rt, frame) => {
    const a = left(rt, frame);
    const b = right(rt, frame);
    if (typeof a === 'number' && typeof b === 'number') return calculate(a, b);
    rt.at = start;
    const number = toNumber(rt, a);
    return calculate(number, toNumber(rt, b));
  };
}

export function compileLogical(node: LogicalExpression, unit: Unit, names: NameScope | undefined): Code {
  const left = unit.compile(node.left, names);
  const right = unit.compile(node.right, names);
  if (node.operator === '&&') return (rt, frame) => left(rt, frame) && right(rt, frame);
  if (node.operator === '||') return (rt, frame) => left(rt, frame) || right(rt, frame);
  return (rt, frame) => left(rt, frame) ?? right(rt, frame);
}

export function compileConditional(node: ConditionalExpression, unit: Unit, names: NameScope | undefined): Code {
  const test = unit.compile(node.test, names);
  const consequent = unit.compile(node.consequent, names);
  const alternate = unit.compile(node.alternate, names);
  return (rt, frame) => (test(rt, frame) ? consequent(rt, frame) : alternate(rt, frame));
}

export function compileUnary(node: UnaryExpression, unit: Unit, names: NameScope | undefined): Code {
  if (node.operator === 'typeof') return compileTypeof(node, unit, names);
  const operand = unit.compile(node.argument, names);
  if (node.operator === '!') return (rt, frame) => !operand(rt, frame);
  const apply = UNARY[node.operator];
  if (apply === undefined) throw new Error(`No code for the operator ${node.operator}.`);
  return (rt, frame) => {
    const value = operand(rt, frame);
    rt.at = node.start;
    return apply(rt, value);
  };
}

function compileTypeof(node: UnaryExpression, unit: Unit, names: NameScope | undefined): Code {
  const { argument } = node;
  const isRoot =
    argument.type === 'Identifier' &&
    names?.find(argument.name) === undefined &&
    !Object.hasOwn(GLOBALS, argument.name);
  const operand = unit.compile(argument, names);
  const read = isRoot ? typeofRoot(argument, unit) : operand;
  return (rt, frame) => {
    const value = read(rt, frame);
    return value instanceof Callable ? 'function' : typeof value;
  };
}
