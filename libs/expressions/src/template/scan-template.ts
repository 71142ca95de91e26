import type { Expression } from '../syntax/expression-tree.js';
import { EXPRESSION_ERROR_CODE, Fault, SourceText, toExpressionError } from '../expression.errors.js';
import type { ExpressionError } from '../expression.errors.js';
import { parseExpressionAt } from '../syntax/parse-expression.js';
import { SOURCE_LIMITS, tooLong } from '../syntax/source-limits.js';

/** Expressions that one string of a template may hold. */
export const MAX_EXPRESSIONS_PER_STRING = 1_000;

export interface ScannedExpression {
  /** What stands between the braces, without white space around it. */
  source: string;
  /** Offset of the first character behind `{{`. */
  start: number;
  /** Offset of the first character behind `}}`. */
  end: number;
  /** What the syntax tree's offsets point into. */
  text: SourceText;
  node?: Expression;
  error?: ExpressionError;
}

/** A string taken apart: literal texts and, between them, expressions. There is one text more than expressions. */
export interface ScannedTemplate {
  texts: string[];
  expressions: ScannedExpression[];
}

/** Whether a string can hold an expression or an escape at all. */
export function hasBraces(text: string): boolean {
  return text.includes('{{');
}

/**
 * Finds the expressions of a string. The end of each one is where its syntax ends, so braces, quotes and
 * regular expressions inside it need no escape. `\{{` is a literal `{{`, `\\{{` a backslash before an expression.
 */
export function scanTemplate(text: string): ScannedTemplate {
  const texts: string[] = [];
  const expressions: ScannedExpression[] = [];
  const lines = new LineCounter(text);
  let literal = '';
  let position = 0;
  for (;;) {
    const open = text.indexOf('{{', position);
    if (open === -1) break;
    const slashes = backslashesBefore(text, open, position);
    literal += text.slice(position, open - slashes) + '\\'.repeat(slashes >> 1);
    if (slashes % 2 === 1) {
      literal += '{{';
      position = open + 2;
      continue;
    }
    const found = scanExpression(text, open + 2, lines.at(open + 2));
    if (expressions.length >= MAX_EXPRESSIONS_PER_STRING) throw tooMany(open);
    texts.push(literal);
    expressions.push(found);
    literal = '';
    position = found.end;
  }
  texts.push(literal + text.slice(position));
  return { texts, expressions };
}

function scanExpression(text: string, start: number, place: { line: number; column: number }): ScannedExpression {
  const window = text.slice(start, start + SOURCE_LIMITS.length + 2);
  const source = new SourceText(window, place.line, place.column);
  try {
    if (/^\s*\}\}/.test(window)) throw fault('There is no expression between the braces.', 0);
    const { node, next } = parseExpressionAt(window, 0);
    if (!window.startsWith('}}', next)) throw unclosed(window, next);
    return { source: window.slice(0, next).trim(), start, end: start + next + 2, text: source, node };
  } catch (thrown) {
    const close = text.indexOf('}}', start);
    const isLong = (close === -1 ? text.length : close) - start > SOURCE_LIMITS.length;
    const error = toExpressionError(isLong ? tooLong(text.length - start, 0) : thrown, source, 0);
    const end = close === -1 ? text.length : close + 2;
    return { source: text.slice(start, close === -1 ? end : close).trim(), start, end, text: source, error };
  }
}

function unclosed(window: string, next: number): Fault {
  const rest = window.slice(next);
  if (rest === '' || !window.includes('}}')) {
    return fault("'{{' is not closed with '}}'. Write \\{{ for literal braces.", next);
  }
  return fault(`Unexpected '${rest.slice(0, 1)}'; the expression must end with '}}'.`, next);
}

function fault(message: string, offset: number): Fault {
  return new Fault(EXPRESSION_ERROR_CODE.syntax, message, offset);
}

function tooMany(offset: number): Fault {
  const message = `A string may hold at most ${MAX_EXPRESSIONS_PER_STRING} expressions.`;
  return new Fault(EXPRESSION_ERROR_CODE.limit, message, offset);
}

function backslashesBefore(text: string, end: number, from: number): number {
  let count = 0;
  while (end - count > from && text[end - count - 1] === '\\') count++;
  return count;
}

/** Line and column of rising offsets, without reading the text again for each. */
class LineCounter {
  private line = 1;
  private lineStart = 0;

  constructor(private readonly text: string) {}

  at(offset: number): { line: number; column: number } {
    for (;;) {
      const end = this.text.indexOf('\n', this.lineStart);
      if (end === -1 || end >= offset) return { line: this.line, column: offset - this.lineStart + 1 };
      this.line++;
      this.lineStart = end + 1;
    }
  }
}
