import { EXPRESSION_ERROR_CODE, Fault } from '../expression.errors.js';
import { ExpressionParser } from './expression-parser.js';
import type { Expression } from './expression-tree.js';
import { SOURCE_LIMITS, tooLong } from './source-limits.js';
import { TokenReader } from './token-reader.js';

export interface ParsedExpression {
  node: Expression;
  /** Offset behind the expression's last token. */
  end: number;
  /** Offset of the first token that does not belong to it; the text's length when there is none. */
  next: number;
}

/**
 * Parses the expression that starts at `offset`, and leaves what follows it alone.
 *
 * @throws Fault with the offset of what is wrong
 */
export function parseExpressionAt(text: string, offset: number): ParsedExpression {
  const tokens = new TokenReader(text, offset);
  const node = new ExpressionParser(tokens).parse();
  return { node, end: tokens.lastEnd, next: tokens.start };
}

/** Parses a text that is one expression and nothing else. */
export function parseExpression(text: string): Expression {
  if (text.length > SOURCE_LIMITS.length) throw tooLong(text.length, 0);
  const { node, next } = parseExpressionAt(text, 0);
  if (next < text.length) {
    const found = text.slice(next, next + 1);
    throw new Fault(EXPRESSION_ERROR_CODE.syntax, `Unexpected '${found}' after the end of the expression.`, next);
  }
  return node;
}
