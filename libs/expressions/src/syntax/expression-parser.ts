import { EXPRESSION_ERROR_CODE, Fault } from '../expression.errors.js';
import type { Expression, Part, SpreadElement } from './expression-tree.js';
import { refused } from './node-types.js';
import { PatternCover } from './pattern-cover.js';
import { PrimaryParser } from './primary-parser.js';
import { SOURCE_LIMITS, tooDeep } from './source-limits.js';
import type { TokenReader } from './token-reader.js';
import { ASSIGNMENT_OPERATORS, BINDING, LOGICAL_OPERATORS, PREFIX_OPERATORS } from './words.js';

const MIXED = '?? cannot be mixed with || or && without parentheses: write (a ?? b) || c.';
const SIGNED_POWER = 'The left side of ** needs parentheses here: write (-a) ** b.';

/** The part of a parser that the other half calls back. */
export interface ExpressionSource {
  readonly tokens: TokenReader;
  readonly cover: PatternCover;
  /** Where an arrow function may begin: only as a whole expression, never as an operand. */
  readonly arrowAt: number;
  /** An expression without a comma. */
  assignment(): Expression;
  /** An expression in brackets of its own, where a comma would be an operator. */
  whole(): Expression;
  spread(): SpreadElement;
  deeper<T>(parse: () => T): T;
}

/** Recursive descent over operators; what they stand between is PrimaryParser's. */
export class ExpressionParser implements ExpressionSource {
  readonly cover = new PatternCover();
  arrowAt = -1;
  private depth = 0;
  private readonly primary = new PrimaryParser(this);

  constructor(readonly tokens: TokenReader) {}

  /** Reads one expression; the token behind it is left alone. */
  parse(): Expression {
    const node = this.whole();
    this.cover.finish();
    return node;
  }

  whole(): Expression {
    const { start } = this.tokens;
    const node = this.assignment();
    if (this.tokens.is(',')) throw refused('SequenceExpression', start);
    return node;
  }

  assignment(): Expression {
    return this.deeper(() => {
      const { tokens } = this;
      const { start } = tokens;
      this.arrowAt = start;
      const left = this.conditional(start);
      if (tokens.kind === 'punctuator' && ASSIGNMENT_OPERATORS.has(tokens.text)) {
        throw refused('AssignmentExpression', start);
      }
      if (!tokens.accept('=')) return left;
      const right = this.assignment();
      return this.cover.assignment(left, right, this.from(start));
    });
  }

  spread(): SpreadElement {
    const { start } = this.tokens;
    this.tokens.next();
    const argument = this.assignment();
    return { type: 'SpreadElement', ...this.from(start), argument };
  }

  /** Counts the nesting, so that no text can exhaust the stack. Brackets count twice: they pass here twice. */
  deeper<T>(parse: () => T): T {
    if (++this.depth > 2 * SOURCE_LIMITS.depth) throw tooDeep(this.tokens.start);
    const node = parse();
    this.depth--;
    return node;
  }

  private conditional(start: number): Expression {
    const { tokens } = this;
    const test = this.operators(this.unary(), start, 0);
    if (!tokens.accept('?')) return test;
    const consequent = this.assignment();
    tokens.expect(':');
    const alternate = this.assignment();
    return { type: 'ConditionalExpression', ...this.from(start), test, consequent, alternate };
  }

  /** Takes all operators that bind more tightly than `above`. */
  private operators(first: Expression, start: number, above: number): Expression {
    const { tokens } = this;
    let left = first;
    for (;;) {
      const operator = this.operator();
      const binding = operator === undefined ? 0 : (BINDING[operator] ?? 0);
      if (operator === undefined || binding <= above) return left;
      tokens.next();
      const rightStart = tokens.start;
      // The right side of ?? takes no || or &&, so that mixing them is seen below.
      const right = this.operators(this.unary(), rightStart, operator === '??' ? (BINDING['&&'] ?? 0) : binding);
      const isLogical = LOGICAL_OPERATORS.has(operator);
      left = {
        type: isLogical ? 'LogicalExpression' : 'BinaryExpression',
        ...this.from(start),
        operator,
        left,
        right,
      };
      if (isLogical && this.mixes(operator)) throw new Fault(EXPRESSION_ERROR_CODE.syntax, MIXED, tokens.start);
    }
  }

  private mixes(operator: string): boolean {
    const { tokens } = this;
    return operator === '??' ? tokens.is('||') || tokens.is('&&') : tokens.is('??');
  }

  /** The operator between two values that stands here; `**` belongs to its left side. */
  private operator(): string | undefined {
    const { kind, text } = this.tokens;
    if (kind !== 'punctuator' && kind !== 'name') return undefined;
    return Object.hasOwn(BINDING, text) && text !== '**' ? text : undefined;
  }

  /** `signed`: behind a prefix operator, where `**` is an error. */
  private unary(signed = false): Expression {
    return this.deeper(() => {
      const { tokens } = this;
      const { kind, start, text } = tokens;
      if (tokens.is('++') || tokens.is('--')) throw refused('UpdateExpression', start);
      if ((kind === 'punctuator' || kind === 'name') && PREFIX_OPERATORS.has(text)) {
        tokens.next();
        const argument = this.unary(true);
        return { type: 'UnaryExpression', ...this.from(start), operator: text, argument };
      }
      const left = this.primary.operand();
      if (tokens.is('++') || tokens.is('--')) throw refused('UpdateExpression', start);
      if (signed && tokens.is('**')) throw new Fault(EXPRESSION_ERROR_CODE.syntax, SIGNED_POWER, tokens.start);
      if (!tokens.accept('**')) return left;
      const right = this.unary();
      return { type: 'BinaryExpression', ...this.from(start), operator: '**', left, right };
    });
  }

  private from(start: number): Part {
    return { start, end: this.tokens.lastEnd };
  }
}
