import type { Fault } from '../expression.errors.js';
import { forbidden } from '../expression.errors.js';

/**
 * Every ESTree node type, decided. `'accepted'` types have a compiler or are read by their parent's; a refused one
 * carries what the author is told. A type that is missing here is refused too, and a test fails when the parser can
 * produce one that is missing.
 */
export const NODE_TYPES = {
  ArrayExpression: 'accepted',
  ArrayPattern: 'accepted',
  ArrowFunctionExpression: 'accepted',
  AssignmentPattern: 'accepted',
  BinaryExpression: 'accepted',
  CallExpression: 'accepted',
  ChainExpression: 'accepted',
  ConditionalExpression: 'accepted',
  Identifier: 'accepted',
  Literal: 'accepted',
  LogicalExpression: 'accepted',
  MemberExpression: 'accepted',
  NewExpression: 'accepted',
  ObjectExpression: 'accepted',
  ObjectPattern: 'accepted',
  Property: 'accepted',
  RestElement: 'accepted',
  SpreadElement: 'accepted',
  TemplateElement: 'accepted',
  TemplateLiteral: 'accepted',
  UnaryExpression: 'accepted',

  AssignmentExpression: { refused: 'An expression cannot assign; use == or === to compare.' },
  AwaitExpression: { refused: 'An expression cannot wait; put the call into a step.' },
  BlockStatement: { refused: 'A function body must be one expression: write x => x + 1, without braces and return.' },
  BreakStatement: { refused: 'Statements are not expressions.' },
  CatchClause: { refused: 'Statements are not expressions.' },
  ClassBody: { refused: 'Classes are not available.' },
  ClassDeclaration: { refused: 'Classes are not available.' },
  ClassExpression: { refused: 'Classes are not available.' },
  ContinueStatement: { refused: 'Statements are not expressions.' },
  DebuggerStatement: { refused: 'Statements are not expressions.' },
  DoWhileStatement: { refused: 'Loops are not available; use map, filter or reduce.' },
  EmptyStatement: { refused: 'Statements are not expressions.' },
  ExportAllDeclaration: { refused: 'Modules are not available.' },
  ExportDefaultDeclaration: { refused: 'Modules are not available.' },
  ExportNamedDeclaration: { refused: 'Modules are not available.' },
  ExportSpecifier: { refused: 'Modules are not available.' },
  ExpressionStatement: { refused: 'Statements are not expressions.' },
  ForInStatement: { refused: 'Loops are not available; use Object.keys and map.' },
  ForOfStatement: { refused: 'Loops are not available; use map, filter or reduce.' },
  ForStatement: { refused: 'Loops are not available; use map, filter or reduce.' },
  FunctionDeclaration: { refused: 'Use an arrow function: x => x + 1.' },
  FunctionExpression: { refused: 'Use an arrow function: x => x + 1.' },
  IfStatement: { refused: 'Use the conditional operator: condition ? a : b.' },
  ImportAttribute: { refused: 'Modules are not available.' },
  ImportDeclaration: { refused: 'Modules are not available.' },
  ImportDefaultSpecifier: { refused: 'Modules are not available.' },
  ImportExpression: { refused: 'Modules are not available.' },
  ImportNamespaceSpecifier: { refused: 'Modules are not available.' },
  ImportSpecifier: { refused: 'Modules are not available.' },
  LabeledStatement: { refused: 'Statements are not expressions.' },
  MetaProperty: { refused: 'new.target and import.meta are not available.' },
  MethodDefinition: { refused: 'Classes are not available.' },
  ParenthesizedExpression: { refused: 'The parser is not asked to keep parentheses.' },
  PrivateIdentifier: { refused: 'Classes are not available.' },
  Program: { refused: 'Statements are not expressions.' },
  PropertyDefinition: { refused: 'Classes are not available.' },
  ReturnStatement: { refused: 'Statements are not expressions.' },
  SequenceExpression: { refused: 'The comma operator is not available; write one expression.' },
  StaticBlock: { refused: 'Classes are not available.' },
  Super: { refused: 'Classes are not available.' },
  SwitchCase: { refused: 'Use the conditional operator: condition ? a : b.' },
  SwitchStatement: { refused: 'Use the conditional operator: condition ? a : b.' },
  TaggedTemplateExpression: { refused: 'Tagged templates are not available.' },
  ThisExpression: { refused: '`this` is not available; name what you want to read, such as inputs or steps.' },
  ThrowStatement: { refused: 'Statements are not expressions.' },
  TryStatement: { refused: 'Statements are not expressions.' },
  UpdateExpression: { refused: 'An expression cannot assign; write x + 1.' },
  VariableDeclaration: { refused: 'Statements are not expressions.' },
  VariableDeclarator: { refused: 'Statements are not expressions.' },
  WhileStatement: { refused: 'Loops are not available; use map, filter or reduce.' },
  WithStatement: { refused: 'Statements are not expressions.' },
  YieldExpression: { refused: 'Generators are not available.' },
} as const satisfies Record<string, 'accepted' | { refused: string }>;

export type AcceptedNodeType = {
  [Type in keyof typeof NODE_TYPES]: (typeof NODE_TYPES)[Type] extends 'accepted' ? Type : never;
}[keyof typeof NODE_TYPES];

/** Refuses a node type with the words of the table. */
export function refused(type: keyof typeof NODE_TYPES, offset: number): Fault {
  const decision = NODE_TYPES[type];
  return forbidden(decision === 'accepted' ? `${type} cannot stand here.` : decision.refused, offset);
}

/** Operators of the accepted unary, binary and logical nodes; `delete` and `instanceof` are left out on purpose. */
export const OPERATORS = {
  UnaryExpression: new Set(['!', '-', '+', '~', 'typeof', 'void']),
  BinaryExpression: new Set(
    ['+', '-', '*', '/', '%', '**', '==', '!=', '===', '!==', '<', '<=', '>', '>=', 'in'].concat([
      '&',
      '|',
      '^',
      '<<',
      '>>',
      '>>>',
    ]),
  ),
  LogicalExpression: new Set(['&&', '||', '??']),
} as const;

/** Property names that lead to a prototype whatever object they are read from; refused where they stand in the text. */
export const FORBIDDEN_PROPERTIES = new Set([
  '__proto__',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
]);
