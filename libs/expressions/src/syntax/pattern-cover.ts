import { EXPRESSION_ERROR_CODE, Fault, forbidden } from '../expression.errors.js';
import type {
  ArrayExpression,
  AssignmentPattern,
  Expression,
  ObjectExpression,
  Part,
  Pattern,
  PatternProperty,
  Property,
  RestElement,
  SpreadElement,
} from './expression-tree.js';
import { NODE_TYPES } from './node-types.js';

const NOT_BINDABLE = new Set(['arguments', 'eval']);
const MISPLACED_DEFAULT = 'A default value stands only in a parameter; write name: value.';

/**
 * `(a, { b = 1 }) => a` begins like a list of expressions, and only `=>` tells that it is none. What can only be part
 * of a parameter is noted here while it is read as an expression, and must have become one when all has been read.
 */
export class PatternCover {
  /** Defaults that are not part of a parameter yet, and what is wrong if they stay so. */
  private readonly defaults = new Map<Expression, Fault>();
  private readonly parenthesized = new Set<Expression | SpreadElement>();
  private readonly followedByComma = new Set<SpreadElement>();

  /** `left = right` where an expression is read. */
  assignment(left: Expression, right: Expression, place: Part): Expression {
    return this.note(left, right, place, forbidden(NODE_TYPES.AssignmentExpression.refused, place.start));
  }

  /** `{ name = right }` where an object is read. */
  shorthandDefault(name: Expression, right: Expression, place: Part): Expression {
    return this.note(name, right, place, new Fault(EXPRESSION_ERROR_CODE.syntax, MISPLACED_DEFAULT, right.start));
  }

  parentheses(inner: Expression): void {
    this.parenthesized.add(inner);
  }

  comma(behind: SpreadElement): void {
    this.followedByComma.add(behind);
  }

  /** Throws when something was no parameter after all. */
  finish(): void {
    for (const fault of this.defaults.values()) throw fault;
  }

  /** The parameters that a list of expressions turns out to be. */
  parameters(list: readonly (Expression | SpreadElement)[]): Pattern[] {
    const names = new Set<string>();
    return list.map((item, index) => {
      if (item.type === 'SpreadElement') return this.rest(item, index === list.length - 1, names);
      return this.pattern(item, names);
    });
  }

  private note(left: Expression, right: Expression, place: Part, fault: Fault): Expression {
    const node = { type: 'AssignmentPattern', start: place.start, end: place.end, left, right };
    const cover = node as AssignmentPattern & Part as unknown as Expression;
    this.defaults.set(cover, fault);
    return cover;
  }

  private pattern(node: Expression, names: Set<string>): Pattern {
    if (this.parenthesized.has(node)) throw notAParameter(node);
    if (this.defaults.delete(node)) {
      const pattern = node as unknown as AssignmentPattern;
      pattern.left = this.pattern(pattern.left as Expression, names);
      return pattern;
    }
    switch (node.type) {
      case 'Identifier':
        if (NOT_BINDABLE.has(node.name)) throw notAParameter(node);
        if (names.has(node.name)) throw syntax(`There are two parameters '${node.name}'.`, node);
        names.add(node.name);
        return node;
      case 'ArrayExpression':
        return this.array(node, names);
      case 'ObjectExpression':
        return this.object(node, names);
      default:
        throw notAParameter(node);
    }
  }

  private array({ start, end, elements }: ArrayExpression, names: Set<string>): Pattern {
    const last = elements.length - 1;
    const patterns = elements.map((element, index) => {
      if (element === null) return null;
      return element.type === 'SpreadElement'
        ? this.rest(element, index === last, names)
        : this.pattern(element, names);
    });
    return { type: 'ArrayPattern', start, end, elements: patterns };
  }

  private object({ start, end, properties }: ObjectExpression, names: Set<string>): Pattern {
    const last = properties.length - 1;
    const patterns = properties.map((property, index) => {
      if (property.type === 'Property') return this.property(property, names);
      if (property.argument.type !== 'Identifier') throw notAParameter(property.argument);
      return this.rest(property, index === last, names);
    });
    return { type: 'ObjectPattern', start, end, properties: patterns };
  }

  private property(property: Property, names: Set<string>): PatternProperty {
    return { ...property, value: this.pattern(property.value, names) };
  }

  private rest(spread: SpreadElement, isLast: boolean, names: Set<string>): RestElement {
    const { start, end, argument } = spread;
    if (!isLast || this.followedByComma.has(spread)) throw syntax('The rest of a list must come last.', spread);
    if (this.defaults.has(argument)) throw notAParameter(argument);
    return { type: 'RestElement', start, end, argument: this.pattern(argument, names) };
  }
}

function notAParameter(node: Part): Fault {
  return syntax('A parameter must be a name or a pattern of names.', node);
}

function syntax(message: string, { start }: Part): Fault {
  return new Fault(EXPRESSION_ERROR_CODE.syntax, message, start);
}
