import { Parser, tokTypes } from 'acorn';
import type { Expression, Options } from 'acorn';
import { EXPRESSION_ERROR_CODE, Fault } from '../expression.errors.js';

/** Limits of the text itself, checked before anything is compiled. */
export const SOURCE_LIMITS = {
  /** Characters of one expression. */
  length: 10_240,
  /** Levels of nesting: brackets, operators, member accesses. */
  depth: 200,
  /** Nodes of the syntax tree. */
  nodes: 4_000,
} as const;

const OPTIONS: Options = { ecmaVersion: 2024, sourceType: 'module' };

/** What acorn's parser has and its types leave out; the names are those of its own plugin interface. */
interface ParserState {
  start: number;
  lastTokEnd: number;
  type: unknown;
  nextToken(): void;
  parseExpression(): Expression;
  parseMaybeUnary(...parameters: unknown[]): Expression;
  parseMaybeAssign(...parameters: unknown[]): Expression;
}
type ParserClass = new (options: Options, input: string, position: number) => ParserState;

const Base = Parser as unknown as ParserClass;

/** Acorn recurses once per level, so a limit here keeps hostile nesting from exhausting the stack. */
class ExpressionParser extends Base {
  private depth = 0;

  override parseMaybeUnary(...parameters: unknown[]): Expression {
    this.deeper();
    const node = super.parseMaybeUnary(...parameters);
    this.depth--;
    return node;
  }

  override parseMaybeAssign(...parameters: unknown[]): Expression {
    this.deeper();
    const node = super.parseMaybeAssign(...parameters);
    this.depth--;
    return node;
  }

  private deeper(): void {
    // Two levels are counted for each one of brackets: both methods above are entered.
    if (++this.depth > 2 * SOURCE_LIMITS.depth) throw tooDeep(this.start);
  }
}

export interface ParsedExpression {
  node: Expression;
  /** Offset behind the expression's last token. */
  end: number;
  /** Offset of the first token that does not belong to it; the text's length when there is none. */
  next: number;
}

export function tooDeep(offset: number): Fault {
  const message = `The expression is nested deeper than ${SOURCE_LIMITS.depth} levels; split it over several steps.`;
  return new Fault(EXPRESSION_ERROR_CODE.limit, message, offset);
}

/** Parses the expression that starts at `offset`, and leaves what follows it alone. */
export function parseExpressionAt(text: string, offset: number): ParsedExpression {
  try {
    const parser = new ExpressionParser(OPTIONS, text, offset);
    parser.nextToken();
    const node = parser.parseExpression();
    return { node, end: parser.lastTokEnd, next: parser.type === tokTypes.eof ? text.length : parser.start };
  } catch (thrown) {
    throw syntaxFault(thrown, text, offset);
  }
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

export function tooLong(length: number, offset: number): Fault {
  const message = `An expression may have at most ${SOURCE_LIMITS.length} characters; this one has ${length}.`;
  return new Fault(EXPRESSION_ERROR_CODE.limit, message, offset);
}

function syntaxFault(thrown: unknown, text: string, offset: number): Fault {
  if (thrown instanceof Fault) return thrown;
  if (thrown instanceof RangeError) return tooDeep(offset);
  const { message, pos } = thrown as SyntaxError & { pos?: number };
  const at = pos ?? offset;
  const reason = message.replace(/ \(\d+:\d+\)$/, '');
  if (reason !== 'Unexpected token') return new Fault(EXPRESSION_ERROR_CODE.syntax, `${reason}.`, at);
  const found = at >= text.length ? 'end of the expression' : `'${text.slice(at, at + 1)}'`;
  return new Fault(EXPRESSION_ERROR_CODE.syntax, `Unexpected ${found}.`, at);
}

export type { Expression };
