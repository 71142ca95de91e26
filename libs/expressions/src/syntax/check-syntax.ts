import type { CallExpression, Expression, Literal, NewExpression, Node, Property } from './expression-tree.js';
import { EXPRESSION_ERROR_CODE, Fault, forbidden } from '../expression.errors.js';
import { childNodes } from './child-nodes.js';
import { FORBIDDEN_PROPERTIES, NODE_TYPES, OPERATORS } from './node-types.js';
import { SOURCE_LIMITS, tooDeep } from './source-limits.js';

/** Methods that change their receiver, or, for `assign`, their first argument. */
const MUTATING_METHODS = new Set(
  ['assign', 'copyWithin', 'fill', 'pop', 'push', 'reverse', 'shift', 'sort', 'splice', 'unshift'].concat([
    ...['setDate', 'setFullYear', 'setHours', 'setMilliseconds', 'setMinutes', 'setMonth', 'setSeconds', 'setTime'],
    ...['setUTCDate', 'setUTCFullYear', 'setUTCHours', 'setUTCMilliseconds', 'setUTCMinutes', 'setUTCMonth'],
    'setUTCSeconds',
  ]),
);

export interface SyntaxFacts {
  /** Nodes of the tree. */
  nodes: number;
  /** Whether a call in it can change a value, so that what it reads must be copied first. */
  mutates: boolean;
}

/** Refuses everything that the language does not have, before a closure is built for any of it. */
export function checkSyntax(root: Expression): SyntaxFacts {
  const facts: SyntaxFacts = { nodes: 0, mutates: false };
  let level: Node[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > 2 * SOURCE_LIMITS.depth) throw tooDeep(root.start);
    facts.nodes += level.length;
    if (facts.nodes > SOURCE_LIMITS.nodes) {
      throw new Fault(
        EXPRESSION_ERROR_CODE.limit,
        `The expression has more than ${SOURCE_LIMITS.nodes} parts.`,
        root.start,
      );
    }
    const below: Node[] = [];
    for (const node of level) {
      checkNode(node);
      facts.mutates ||= isMutatingCall(node);
      below.push(...childNodes(node));
    }
    level = below;
  }
  return facts;
}

function checkNode(node: Node): void {
  const decision = Object.hasOwn(NODE_TYPES, node.type) ? NODE_TYPES[node.type as keyof typeof NODE_TYPES] : undefined;
  if (decision === undefined) throw forbidden(`${node.type} is not part of the expression language.`, node.start);
  if (decision !== 'accepted') throw forbidden(decision.refused, node.start);
  CHECKS[node.type]?.(node);
}

const CHECKS: Record<string, (node: Node) => void> = {
  UnaryExpression: checkOperator,
  BinaryExpression: checkOperator,
  LogicalExpression: checkOperator,
  MemberExpression: (node) => {
    const name = staticKey(node as Node & KeyedNode);
    if (typeof name === 'string') checkPropertyName(name, node.start);
  },
  Property: (node) => checkProperty(node as Property),
  ArrayExpression: (node) => {
    const { elements } = node as unknown as { elements: (Node | null)[] };
    if (elements.includes(null)) throw forbidden('An array cannot have holes; write null or undefined.', node.start);
  },
  NewExpression: (node) => checkConstructor(node as NewExpression),
};

function checkOperator(node: Node): void {
  const { operator, type } = node as Node & { operator: string };
  if (OPERATORS[type as keyof typeof OPERATORS].has(operator)) return;
  throw forbidden(`The operator '${operator}' is not available.`, node.start);
}

function checkProperty(property: Property): void {
  const name = staticKey({ computed: property.computed, property: property.key });
  if (typeof name === 'string' && !property.computed) checkPropertyName(name, property.start);
}

function checkPropertyName(name: string, offset: number): void {
  if (FORBIDDEN_PROPERTIES.has(name)) throw forbidden(`The property '${name}' is not available.`, offset);
}

function checkConstructor(node: NewExpression): void {
  const name = node.callee.type === 'Identifier' ? node.callee.name : '';
  if (name === 'Date') return;
  const hint = name === 'Set' ? ' Use unique(list) for distinct values.' : '';
  throw forbidden(`Only new Date(...) can be constructed.${hint}`, node.start);
}

interface KeyedNode {
  computed: boolean;
  property: Node;
}

/** The key of a member access when the text alone decides it. */
export function staticKey(member: KeyedNode): string | number | undefined {
  const { computed, property } = member;
  if (!computed) {
    if (property.type === 'Identifier') return (property as Node & { name: string }).name;
  }
  if (property.type !== 'Literal') return undefined;
  const { value } = property as Literal;
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

function isMutatingCall(node: Node): boolean {
  if (node.type !== 'CallExpression') return false;
  const { callee } = node as CallExpression;
  if (callee.type !== 'MemberExpression') return false;
  const name = staticKey(callee);
  return typeof name === 'string' && MUTATING_METHODS.has(name);
}
