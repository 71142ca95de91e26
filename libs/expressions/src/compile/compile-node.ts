import type { Expression } from '../syntax/expression-tree.js';
import { forbidden } from '../expression.errors.js';
import type { Code } from '../runtime/runtime.js';
import type { AcceptedNodeType } from '../syntax/node-types.js';
import { compileCall, compileNew } from './compile-call.js';
import { compileLambda } from './compile-lambda.js';
import { compileArray, compileLiteral, compileObject, compileTemplate } from './compile-literals.js';
import { compileChain, compileMember } from './compile-member.js';
import { compileIdentifier } from './compile-name.js';
import { compileBinary, compileConditional, compileLogical, compileUnary } from './compile-operators.js';
import type { NameScope, Unit } from './unit.js';

type Compiler = (node: never, unit: Unit, names: NameScope | undefined) => Code;

/** Accepted node types that stand inside another one, whose compiler reads them. */
type PartType =
  | 'ArrayPattern'
  | 'AssignmentPattern'
  | 'ObjectPattern'
  | 'Property'
  | 'RestElement'
  | 'SpreadElement'
  | 'TemplateElement';

/** One compiler for each node type that can stand where a value is wanted. */
const COMPILERS: Record<Exclude<AcceptedNodeType, PartType>, Compiler> = {
  ArrayExpression: compileArray,
  ArrowFunctionExpression: compileLambda,
  BinaryExpression: compileBinary,
  CallExpression: compileCall,
  ChainExpression: compileChain,
  ConditionalExpression: compileConditional,
  Identifier: compileIdentifier,
  Literal: compileLiteral,
  LogicalExpression: compileLogical,
  MemberExpression: compileMember,
  NewExpression: compileNew,
  ObjectExpression: compileObject,
  TemplateLiteral: compileTemplate,
  UnaryExpression: compileUnary,
};

export function compileNode(node: Expression, unit: Unit, names: NameScope | undefined): Code {
  if (!Object.hasOwn(COMPILERS, node.type)) throw forbidden(`${node.type} is not part of the language.`, node.start);
  return COMPILERS[node.type as keyof typeof COMPILERS](node as never, unit, names);
}
