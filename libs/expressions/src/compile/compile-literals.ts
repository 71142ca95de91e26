import type {
  ArrayExpression,
  Expression,
  Literal,
  ObjectExpression,
  Property,
  SpreadElement,
  TemplateLiteral,
} from '../syntax/expression-tree.js';
import { Fault, forbidden } from '../expression.errors.js';
import type { PatternProgram } from '../regexp/compile-pattern.js';
import { compilePattern } from '../regexp/compile-pattern.js';
import { Pattern } from '../regexp/pattern.js';
import { toKey, toText } from '../runtime/coercion.js';
import { iterate, spreadInto } from '../runtime/iteration.js';
import { setOwn } from '../runtime/property.js';
import type { Code, Frame, Runtime } from '../runtime/runtime.js';
import { SIZE } from '../runtime/runtime.js';
import { staticKey } from '../syntax/check-syntax.js';
import type { NameScope, Unit } from './unit.js';

export function compileLiteral(node: Literal): Code {
  const { regex, value } = node;
  if (regex) {
    const program = compileRegExp(regex, node.start);
    return (rt) => {
      rt.allocate(SIZE.object);
      return new Pattern(regex.pattern, regex.flags, program);
    };
  }
  return () => value;
}

export function compileTemplate(node: TemplateLiteral, unit: Unit, names: NameScope | undefined): Code {
  const texts = node.quasis.map(({ cooked }) => cooked);
  const parts = node.expressions.map((expression) => unit.compile(expression, names));
  const first = texts[0] ?? '';
  return (rt, frame) => {
    let text = first;
    for (let index = 0; index < parts.length; index++) {
      const value = (parts[index] as Code)(rt, frame);
      rt.at = node.start;
      const piece = toText(rt, value) + (texts[index + 1] as string);
      rt.charge(piece.length);
      text += piece;
    }
    return text;
  };
}

function compileRegExp({ pattern, flags }: { pattern: string; flags: string }, offset: number): PatternProgram {
  try {
    return compilePattern(pattern, flags);
  } catch (thrown) {
    throw thrown instanceof Fault ? new Fault(thrown.code, thrown.message, offset) : thrown;
  }
}

/** Compiles a list of elements or arguments; a spread one may give any number of values. */
export function compileList(
  nodes: readonly (Expression | SpreadElement | null)[],
  unit: Unit,
  names: NameScope | undefined,
): (rt: Runtime, frame: Frame) => unknown[] {
  const parts = nodes.map((node) => {
    if (node === null) throw forbidden('An array cannot have holes.');
    const spread = node.type === 'SpreadElement';
    return { spread, at: node.start, code: unit.compile(spread ? node.argument : node, names) };
  });
  if (parts.some(({ spread }) => spread)) return spreadList(parts);
  const [first, second] = parts.map(({ code }) => code);
  if (first === undefined) return () => [];
  if (second === undefined) return (rt, frame) => [first(rt, frame)];
  if (parts.length === 2) return (rt, frame) => [first(rt, frame), second(rt, frame)];
  const codes = parts.map(({ code }) => code);
  return (rt, frame) => codes.map((code) => code(rt, frame));
}

function spreadList(parts: { spread: boolean; at: number; code: Code }[]): (rt: Runtime, frame: Frame) => unknown[] {
  return (rt, frame) => {
    const list: unknown[] = [];
    for (const { spread, at, code } of parts) {
      const value = code(rt, frame);
      if (!spread) {
        list.push(value);
        continue;
      }
      rt.at = at;
      const items = iterate(rt, value);
      rt.list(items.length);
      for (const item of items) list.push(item);
    }
    return list;
  };
}

export function compileArray(node: ArrayExpression, unit: Unit, names: NameScope | undefined): Code {
  const elements = compileList(node.elements, unit, names);
  const size = SIZE.array + node.elements.length * SIZE.slot;
  return (rt, frame) => {
    rt.allocate(size);
    return elements(rt, frame);
  };
}

type Filler = (rt: Runtime, frame: Frame, target: Record<string, unknown>) => void;

export function compileObject(node: ObjectExpression, unit: Unit, names: NameScope | undefined): Code {
  const fillers = node.properties.map((property) =>
    property.type === 'SpreadElement' ? spreadFiller(property, unit, names) : propertyFiller(property, unit, names),
  );
  const size = SIZE.object + node.properties.length * SIZE.property;
  return (rt, frame) => {
    rt.allocate(size);
    const target: Record<string, unknown> = {};
    for (let index = 0; index < fillers.length; index++) (fillers[index] as Filler)(rt, frame, target);
    return target;
  };
}

function spreadFiller(property: SpreadElement, unit: Unit, names: NameScope | undefined): Filler {
  const code = unit.compile(property.argument, names);
  return (rt, frame, target) => {
    const value = code(rt, frame);
    rt.at = property.start;
    spreadInto(rt, target, value);
  };
}

function propertyFiller(property: Property, unit: Unit, names: NameScope | undefined): Filler {
  const fixed = staticKey({ computed: property.computed, property: property.key });
  const computed = fixed === undefined ? unit.compile(property.key, names) : undefined;
  const code = unit.compile(property.value, names);
  if (computed === undefined) {
    const key = String(fixed);
    if (key !== '__proto__') {
      return (rt, frame, target) => {
        target[key] = code(rt, frame);
      };
    }
    return (rt, frame, target) => setOwn(target, key, code(rt, frame));
  }
  return (rt, frame, target) => {
    const key = computed(rt, frame);
    rt.at = property.start;
    const name = String(toKey(rt, key));
    rt.charge(name.length);
    setOwn(target, name, code(rt, frame));
  };
}
