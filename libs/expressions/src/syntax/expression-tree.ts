/**
 * The syntax tree of an accepted expression: the ESTree nodes that the language has, with the properties it needs.
 * Offsets are those of the text; `end` is exclusive. Parentheses leave no node, but belong to what is around them.
 */
export interface Part {
  start: number;
  end: number;
}

export interface Identifier extends Part {
  type: 'Identifier';
  name: string;
}

/** A regular expression has `regex` and the value null. */
export interface Literal extends Part {
  type: 'Literal';
  value: string | number | boolean | null;
  regex?: { pattern: string; flags: string };
}

export interface TemplateElement extends Part {
  type: 'TemplateElement';
  cooked: string;
}

export interface TemplateLiteral extends Part {
  type: 'TemplateLiteral';
  /** One more than there are expressions. */
  quasis: TemplateElement[];
  expressions: Expression[];
}

export interface SpreadElement extends Part {
  type: 'SpreadElement';
  argument: Expression;
}

export interface ArrayExpression extends Part {
  type: 'ArrayExpression';
  /** Null for a hole, which only a pattern may have. */
  elements: (Expression | SpreadElement | null)[];
}

export interface Property extends Part {
  type: 'Property';
  computed: boolean;
  shorthand: boolean;
  key: Expression;
  value: Expression;
}

export interface ObjectExpression extends Part {
  type: 'ObjectExpression';
  properties: (Property | SpreadElement)[];
}

export interface MemberExpression extends Part {
  type: 'MemberExpression';
  object: Expression;
  property: Expression;
  computed: boolean;
  optional: boolean;
}

export interface CallExpression extends Part {
  type: 'CallExpression';
  callee: Expression;
  arguments: (Expression | SpreadElement)[];
  optional: boolean;
}

export interface NewExpression extends Part {
  type: 'NewExpression';
  callee: Expression;
  arguments: (Expression | SpreadElement)[];
}

/** Everything that a `?.` in it may leave out. */
export interface ChainExpression extends Part {
  type: 'ChainExpression';
  expression: Expression;
}

export interface UnaryExpression extends Part {
  type: 'UnaryExpression';
  operator: string;
  argument: Expression;
}

export interface BinaryExpression extends Part {
  type: 'BinaryExpression';
  operator: string;
  left: Expression;
  right: Expression;
}

export interface LogicalExpression extends Part {
  type: 'LogicalExpression';
  operator: string;
  left: Expression;
  right: Expression;
}

export interface ConditionalExpression extends Part {
  type: 'ConditionalExpression';
  test: Expression;
  consequent: Expression;
  alternate: Expression;
}

export interface ArrowFunctionExpression extends Part {
  type: 'ArrowFunctionExpression';
  params: Pattern[];
  body: Expression;
}

export interface AssignmentPattern extends Part {
  type: 'AssignmentPattern';
  left: Pattern;
  right: Expression;
}

export interface RestElement extends Part {
  type: 'RestElement';
  argument: Pattern;
}

export interface ArrayPattern extends Part {
  type: 'ArrayPattern';
  elements: (Pattern | null)[];
}

/** A property of a pattern; its type is that of an object's. */
export interface PatternProperty extends Part {
  type: 'Property';
  computed: boolean;
  shorthand: boolean;
  key: Expression;
  value: Pattern;
}

export interface ObjectPattern extends Part {
  type: 'ObjectPattern';
  properties: (PatternProperty | RestElement)[];
}

export type Expression =
  | ArrayExpression
  | ArrowFunctionExpression
  | BinaryExpression
  | CallExpression
  | ChainExpression
  | ConditionalExpression
  | Identifier
  | Literal
  | LogicalExpression
  | MemberExpression
  | NewExpression
  | ObjectExpression
  | TemplateLiteral
  | UnaryExpression;

export type Pattern = ArrayPattern | AssignmentPattern | Identifier | ObjectPattern | RestElement;

export type Node = Expression | Pattern | PatternProperty | Property | SpreadElement | TemplateElement;
