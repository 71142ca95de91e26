import type { NODE_TYPES } from './node-types.js';

/** Operators between two values, by how tightly they bind. */
export const BINDING: Readonly<Record<string, number>> = {
  '??': 1,
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '===': 6,
  '!==': 6,
  '<': 7,
  '<=': 7,
  '>': 7,
  '>=': 7,
  in: 7,
  instanceof: 7,
  '<<': 8,
  '>>': 8,
  '>>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
  '**': 11,
};

export const LOGICAL_OPERATORS = new Set(['??', '||', '&&']);

export const PREFIX_OPERATORS = new Set(['!', '-', '+', '~', 'typeof', 'void']);

/** Operators that change a name or a property. */
export const ASSIGNMENT_OPERATORS = new Set(
  ['+=', '-=', '*=', '/=', '%=', '**=', '<<=', '>>=', '>>>='].concat(['&=', '|=', '^=', '&&=', '||=', '??=']),
);

export const CONSTANTS: Readonly<Record<string, boolean | null>> = { null: null, true: true, false: false };

/** Words that begin something which the language does not have, and the node that they would begin. */
export const REFUSED_WORDS: Readonly<Record<string, keyof typeof NODE_TYPES>> = {
  await: 'AwaitExpression',
  break: 'BreakStatement',
  class: 'ClassExpression',
  const: 'VariableDeclaration',
  continue: 'ContinueStatement',
  debugger: 'DebuggerStatement',
  do: 'DoWhileStatement',
  export: 'ExportNamedDeclaration',
  for: 'ForStatement',
  function: 'FunctionExpression',
  if: 'IfStatement',
  import: 'ImportExpression',
  let: 'VariableDeclaration',
  return: 'ReturnStatement',
  super: 'Super',
  switch: 'SwitchStatement',
  this: 'ThisExpression',
  throw: 'ThrowStatement',
  try: 'TryStatement',
  var: 'VariableDeclaration',
  while: 'WhileStatement',
  with: 'WithStatement',
  yield: 'YieldExpression',
};

const OTHER_RESERVED_WORDS =
  'case catch default delete else enum extends finally implements in instanceof interface new package private protected public static typeof void';
const RESERVED_WORDS = new Set([
  ...Object.keys(CONSTANTS),
  ...Object.keys(REFUSED_WORDS),
  ...OTHER_RESERVED_WORDS.split(' '),
]);

/** Whether a word cannot be the name of a value. */
export function isReserved(word: string): boolean {
  return RESERVED_WORDS.has(word);
}
