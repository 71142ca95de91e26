import type {
  ArrowFunctionExpression,
  CallExpression,
  Expression,
  MemberExpression,
  Node,
  ObjectExpression,
} from '../syntax/expression-tree.js';
import { NAMESPACE_TABLES, functionEntry } from '../functions/function-table.js';
import type { MethodOwner } from '../methods/method-table.js';
import { METHODS } from '../methods/method-table.js';
import { staticKey } from '../syntax/check-syntax.js';
import { bindParameters } from './infer-parameters.js';
import { propertyType } from './property-type.js';
import type { Kind, ValueType } from './value-type.js';
import { UNKNOWN, arrayOf, ofKind, typeOfValue, unionOf } from './value-type.js';

/** Names in reach and their types; a function's parameters hide those around it. */
export type TypeScope = ReadonlyMap<string, ValueType>;

/** Something that is most likely wrong, although it may be evaluated. */
export interface TypeIssue {
  offset: number;
  message: string;
}

/** The types of all nodes of an expression, as far as they are known. */
export class TypeInference {
  readonly types = new Map<Node, ValueType>();
  readonly scopes = new Map<Node, TypeScope>();
  readonly issues: TypeIssue[] = [];

  infer(node: Expression, scope: TypeScope): ValueType {
    const type = this.typeOf(node, scope);
    this.types.set(node, type);
    this.scopes.set(node, scope);
    return type;
  }

  private typeOf(node: Expression, scope: TypeScope): ValueType {
    switch (node.type) {
      case 'Literal':
        return node.regex ? ofKind('regexp') : typeOfValue(node.value);
      case 'TemplateLiteral':
        for (const part of node.expressions) this.infer(part, scope);
        return ofKind('string');
      case 'Identifier':
        return scope.get(node.name) ?? UNKNOWN;
      case 'ChainExpression':
        return unionOf([this.infer(node.expression, scope), ofKind('undefined')]);
      case 'MemberExpression':
        return this.member(node, scope);
      case 'ConditionalExpression':
        this.infer(node.test, scope);
        return unionOf([this.infer(node.consequent, scope), this.infer(node.alternate, scope)]);
      case 'LogicalExpression':
        return this.logical(node.operator, this.infer(node.left, scope), this.infer(node.right, scope));
      case 'UnaryExpression':
        this.infer(node.argument, scope);
        return UNARY_TYPES[node.operator] ?? ofKind('number');
      case 'BinaryExpression':
        return this.binary(node.operator, this.infer(node.left as Expression, scope), this.infer(node.right, scope));
      case 'ArrayExpression':
        return arrayOf(unionOf(node.elements.map((element) => this.element(element, scope))));
      case 'ObjectExpression':
        return this.object(node, scope);
      case 'ArrowFunctionExpression':
        this.lambda(node, [], scope);
        return ofKind('function');
      case 'NewExpression':
        for (const argument of node.arguments) this.element(argument, scope);
        return ofKind('date');
      case 'CallExpression':
        return this.call(node, scope);
      default:
        return UNKNOWN;
    }
  }

  private element(
    node: Expression | { type: 'SpreadElement'; argument: Expression } | null,
    scope: TypeScope,
  ): ValueType {
    if (node === null) return UNKNOWN;
    return node.type === 'SpreadElement'
      ? (this.infer(node.argument, scope).items ?? UNKNOWN)
      : this.infer(node, scope);
  }

  private member(node: MemberExpression, scope: TypeScope): ValueType {
    const key = staticKey(node);
    if (node.computed) this.infer(node.property as Expression, scope);
    if (
      node.object.type === 'Identifier' &&
      !scope.has(node.object.name) &&
      Object.hasOwn(NAMESPACE_TABLES, node.object.name)
    )
      return UNKNOWN;
    const object = this.infer(node.object as Expression, scope);
    if (key === undefined) return object.items ?? UNKNOWN;
    const { type, issue } = propertyType(object, key);
    if (issue !== undefined) this.issues.push({ offset: node.property.start, message: issue });
    return type;
  }

  private logical(operator: string, left: ValueType, right: ValueType): ValueType {
    if (operator === '&&') return unionOf([left, right]);
    const kinds = left.kinds.filter((kind) => kind !== 'null' && kind !== 'undefined');
    return kinds.length === 0 ? unionOf([left, right]) : unionOf([{ ...left, kinds }, right]);
  }

  private binary(operator: string, left: ValueType, right: ValueType): ValueType {
    if (COMPARING.has(operator)) return ofKind('boolean');
    if (operator !== '+') return ofKind('number');
    const both = [left, right];
    if (both.some(({ kinds }) => kinds.length === 1 && kinds[0] === 'string')) return ofKind('string');
    const numeric = both.every(({ kinds }) => kinds.length > 0 && kinds.every((kind) => ADDED_AS_NUMBER.has(kind)));
    return numeric ? ofKind('number') : UNKNOWN;
  }

  private object(node: ObjectExpression, scope: TypeScope): ValueType {
    const properties: Record<string, ValueType> = {};
    let closed = true;
    for (const property of node.properties) {
      if (property.type === 'SpreadElement') {
        Object.assign(properties, this.infer(property.argument, scope).properties);
        closed = false;
        continue;
      }
      const key = staticKey({ computed: property.computed, property: property.key });
      if (property.computed) this.infer(property.key, scope);
      const value = this.infer(property.value, scope);
      if (key === undefined) closed = false;
      else properties[String(key)] = value;
    }
    return { kinds: ['object'], properties, closed };
  }

  /** The type of what a function gives when it is called with values of these types. */
  private lambda(node: ArrowFunctionExpression, parameters: readonly ValueType[], scope: TypeScope): ValueType {
    const inner = new Map(scope);
    bindParameters(node.params, parameters, inner, (fallback) => this.infer(fallback, inner));
    return this.infer(node.body, inner);
  }

  private call(node: CallExpression, scope: TypeScope): ValueType {
    const { callee } = node;
    if (callee.type === 'Identifier' && !scope.has(callee.name)) {
      for (const argument of node.arguments) this.argument(argument, [], scope);
      return returned(functionEntry(callee.name)?.signature);
    }
    if (callee.type === 'MemberExpression') return this.methodCall(node, callee, scope);
    if (callee.type === 'ArrowFunctionExpression') {
      return this.lambda(
        callee,
        node.arguments.map((argument) => this.element(argument, scope)),
        scope,
      );
    }
    for (const argument of node.arguments) this.argument(argument, [], scope);
    return UNKNOWN;
  }

  private argument(
    node: CallExpression['arguments'][number],
    parameters: readonly ValueType[],
    scope: TypeScope,
  ): ValueType {
    return node.type === 'ArrowFunctionExpression' ? this.lambda(node, parameters, scope) : this.element(node, scope);
  }

  private methodCall(node: CallExpression, callee: MemberExpression, scope: TypeScope): ValueType {
    const name = staticKey(callee);
    const { object } = callee;
    if (typeof name !== 'string') return UNKNOWN;
    if (object.type === 'Identifier' && !scope.has(object.name) && Object.hasOwn(NAMESPACE_TABLES, object.name)) {
      for (const argument of node.arguments) this.argument(argument, [], scope);
      const member = NAMESPACE_TABLES[object.name as keyof typeof NAMESPACE_TABLES][name];
      return member !== undefined && 'signature' in member ? returned(member.signature) : UNKNOWN;
    }
    const self = this.infer(object as Expression, scope);
    const items = self.items ?? UNKNOWN;
    const folded = name.startsWith('reduce')
      ? [UNKNOWN, items, ofKind('number'), self]
      : [items, ofKind('number'), self];
    const isList = self.kinds.length === 1 && self.kinds[0] === 'array';
    const given = node.arguments.map((argument) => this.argument(argument, isList ? folded : [], scope));
    const owners = ownersOf(self);
    if (owners.length > 0 && !owners.some((owner) => Object.hasOwn(METHODS[owner], name))) {
      this.issues.push({
        offset: callee.property.start,
        message: `${self.kinds.join(' or ')} values have no method '${name}'.`,
      });
    }
    return isList ? listResult(name, self, given[0] ?? UNKNOWN) : returned(signatureOf(owners, name));
  }
}

const COMPARING = new Set(['==', '!=', '===', '!==', '<', '<=', '>', '>=', 'in']);
const ADDED_AS_NUMBER = new Set<Kind>(['number', 'boolean', 'null', 'undefined']);
const UNARY_TYPES: Record<string, ValueType> = {
  '!': ofKind('boolean'),
  typeof: ofKind('string'),
  void: ofKind('undefined'),
};
const SAME_LIST = new Set([
  'filter',
  'slice',
  'sort',
  'toSorted',
  'reverse',
  'toReversed',
  'splice',
  'toSpliced',
  'with',
  'fill',
]);
const ONE_ITEM = new Set(['find', 'findLast', 'at', 'pop', 'shift']);

function listResult(name: string, self: ValueType, given: ValueType): ValueType {
  if (SAME_LIST.has(name)) return self;
  if (ONE_ITEM.has(name)) return unionOf([self.items ?? UNKNOWN, ofKind('undefined')]);
  if (name === 'map') return arrayOf(given);
  return name.startsWith('reduce') ? UNKNOWN : returned(signatureOf(['array'], name));
}

function ownersOf({ kinds }: ValueType): MethodOwner[] {
  return kinds.filter((kind): kind is MethodOwner & Kind => Object.hasOwn(METHODS, kind));
}

function signatureOf(owners: readonly MethodOwner[], name: string): string | undefined {
  const [owner] = owners;
  if (owner === undefined || owners.length !== 1) return undefined;
  const table: Record<string, { signature: string }> = METHODS[owner];
  return Object.hasOwn(table, name) ? table[name]?.signature : undefined;
}

const RETURNED_KINDS = new Set<string>(['string', 'number', 'boolean', 'array', 'object', 'undefined']);

/** The type after the last colon of a signature. */
function returned(signature: string | undefined): ValueType {
  const name = /\): (\w+)$/.exec(signature ?? '')?.[1];
  return name !== undefined && RETURNED_KINDS.has(name) ? ofKind(name as Kind) : UNKNOWN;
}
