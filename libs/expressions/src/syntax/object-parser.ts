import { forbidden } from '../expression.errors.js';
import type { ExpressionSource } from './expression-parser.js';
import type {
  Expression,
  Identifier,
  Literal,
  ObjectExpression,
  Part,
  Property,
  SpreadElement,
} from './expression-tree.js';
import type { TokenReader } from './token-reader.js';
import { isReserved } from './words.js';

const METHOD_REFUSED = 'Methods, getters and setters are not available; write name: x => ...';
const ACCESSOR_WORDS = new Set(['async', 'get', 'set']);

/** Any name, reserved or not, as it stands behind a dot or as a key. */
export function anyName(tokens: TokenReader): Identifier {
  const { kind, start, end, text } = tokens;
  if (kind !== 'name') throw tokens.unexpected();
  tokens.next();
  return { type: 'Identifier', start, end, name: text };
}

/** A number or a text. */
export function literal(tokens: TokenReader): Literal {
  const { kind, start, end, value } = tokens;
  if (kind !== 'number' && kind !== 'string') throw tokens.unexpected();
  tokens.next();
  return { type: 'Literal', start, end, value };
}

/** Reads what stands between braces: the properties of an object, or those that a parameter takes out of one. */
export class ObjectParser {
  constructor(private readonly source: ExpressionSource) {}

  object(): ObjectExpression {
    const { tokens } = this.source;
    const { start } = tokens;
    const properties: (Property | SpreadElement)[] = [];
    tokens.next();
    while (!tokens.accept('}')) {
      const item = tokens.is('...') ? this.source.spread() : this.property();
      properties.push(item);
      if (tokens.is(',') && item.type === 'SpreadElement') this.source.cover.comma(item);
      if (!tokens.is('}')) tokens.expect(',');
    }
    return { type: 'ObjectExpression', ...this.from(start), properties };
  }

  private property(): Property {
    const { tokens } = this.source;
    const { kind, start, text } = tokens;
    const computed = tokens.accept('[');
    if (tokens.is('*')) throw forbidden(METHOD_REFUSED, start);
    const key = computed ? this.source.assignment() : kind === 'name' ? anyName(tokens) : literal(tokens);
    if (computed) tokens.expect(']');
    if (tokens.accept(':')) {
      const value = this.source.assignment();
      return { type: 'Property', ...this.from(start), computed, shorthand: false, key, value };
    }
    const opensMember = tokens.kind === 'name' || tokens.kind === 'string' || tokens.kind === 'number';
    const isAccessor = ACCESSOR_WORDS.has(text) && (opensMember || tokens.is('[') || tokens.is('*'));
    if (tokens.is('(') || isAccessor) throw forbidden(METHOD_REFUSED, start);
    if (computed || key.type !== 'Identifier' || isReserved(text)) throw tokens.unexpected();
    return this.shorthand(key, start);
  }

  private shorthand(key: Identifier, start: number): Property {
    const { tokens } = this.source;
    let value: Expression = { ...key };
    if (tokens.accept('=')) {
      const right = this.source.assignment();
      value = this.source.cover.shorthandDefault(value, right, this.from(start));
    }
    return { type: 'Property', ...this.from(start), computed: false, shorthand: true, key, value };
  }

  private from(start: number): Part {
    return { start, end: this.source.tokens.lastEnd };
  }
}
