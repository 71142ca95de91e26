import { forbidden } from '../expression.errors.js';
import type { ExpressionSource } from './expression-parser.js';
import type {
  Expression,
  NewExpression,
  Part,
  SpreadElement,
  TemplateElement,
  TemplateLiteral,
} from './expression-tree.js';
import { refused } from './node-types.js';
import { ObjectParser, anyName, literal } from './object-parser.js';
import type { TokenReader } from './token-reader.js';
import { CONSTANTS, REFUSED_WORDS, isReserved } from './words.js';

/** Reads what stands between operators: names, literals, brackets, and the accesses and calls behind them. */
export class PrimaryParser {
  private readonly objects: ObjectParser;

  constructor(private readonly source: ExpressionSource) {
    this.objects = new ObjectParser(source);
  }

  private get tokens(): TokenReader {
    return this.source.tokens;
  }

  /** A value with everything that is read from it or called on it. */
  operand(): Expression {
    const { start } = this.tokens;
    const { node, isChain } = this.links(this.primary(), start, true);
    return isChain ? { type: 'ChainExpression', ...this.from(start), expression: node } : node;
  }

  private links(first: Expression, start: number, mayCall: boolean): { node: Expression; isChain: boolean } {
    const { tokens } = this;
    let node = first;
    let isChain = false;
    for (;;) {
      if (tokens.is('`')) throw refused('TaggedTemplateExpression', start);
      if (!mayCall && (tokens.is('?.') || tokens.is('('))) return { node, isChain };
      const optional = tokens.accept('?.');
      isChain ||= optional;
      if (tokens.accept('[')) {
        const property = this.source.whole();
        tokens.expect(']');
        node = { type: 'MemberExpression', ...this.from(start), object: node, property, computed: true, optional };
      } else if (tokens.is('(')) {
        const parameters = this.list(')');
        node = { type: 'CallExpression', ...this.from(start), callee: node, arguments: parameters, optional };
      } else if (optional || tokens.accept('.')) {
        const property = anyName(tokens);
        node = { type: 'MemberExpression', ...this.from(start), object: node, property, computed: false, optional };
      } else return { node, isChain };
    }
  }

  private primary(): Expression {
    const { tokens } = this;
    const { kind, start, text } = tokens;
    if (kind === 'name') return this.word(text, start);
    if (kind === 'number' || kind === 'string') return literal(tokens);
    if (kind === 'end') throw tokens.unexpected();
    switch (text) {
      case '(':
        return this.parentheses();
      case '[':
        return this.array();
      case '{':
        return this.objects.object();
      case '`':
        return this.template();
      case '/':
      case '/=':
        return { type: 'Literal', value: null, regex: tokens.pattern(), ...this.from(start) };
      default:
        throw tokens.unexpected();
    }
  }

  private word(text: string, start: number): Expression {
    const { tokens } = this;
    if (text === 'new') return this.source.deeper(() => this.construction());
    if (Object.hasOwn(CONSTANTS, text)) {
      tokens.next();
      return { type: 'Literal', ...this.from(start), value: CONSTANTS[text] ?? null };
    }
    if (text === 'import' && this.isMeta()) throw refused('MetaProperty', start);
    const word = REFUSED_WORDS[text];
    if (Object.hasOwn(REFUSED_WORDS, text) && word !== undefined) throw refused(word, start);
    if (text === 'delete') throw forbidden("The operator 'delete' is not available.", start);
    if (isReserved(text)) throw tokens.unexpected();
    const mayBeArrow = this.source.arrowAt === start;
    const node = anyName(tokens);
    if (text === 'async' && tokens.kind === 'name' && !tokens.afterLineEnd && !isReserved(tokens.text)) {
      throw forbidden('Async functions are not available.', start);
    }
    return mayBeArrow && tokens.is('=>') && !tokens.afterLineEnd ? this.arrow([node], start) : node;
  }

  private isMeta(): boolean {
    this.tokens.next();
    return this.tokens.is('.');
  }

  private construction(): NewExpression {
    const { tokens } = this;
    const { start } = tokens;
    tokens.next();
    if (tokens.is('.')) throw refused('MetaProperty', start);
    const calleeStart = tokens.start;
    const { node: callee } = this.links(this.primary(), calleeStart, false);
    // What is constructed cannot be optional: without arguments, `new a?.b` would be read from the new value.
    if (tokens.is('?.')) throw tokens.unexpected();
    const parameters = tokens.is('(') ? this.list(')') : [];
    return { type: 'NewExpression', ...this.from(start), callee, arguments: parameters };
  }

  private parentheses(): Expression {
    const { cover, arrowAt } = this.source;
    const { tokens } = this;
    const { start } = tokens;
    tokens.next();
    const items: (Expression | SpreadElement)[] = [];
    const firstStart = tokens.start;
    let afterComma = false;
    while (!tokens.is(')')) {
      afterComma = false;
      const item = tokens.is('...') ? this.source.spread() : this.source.assignment();
      items.push(item);
      if (!tokens.is(',')) break;
      if (item.type === 'SpreadElement') cover.comma(item);
      tokens.next();
      afterComma = true;
    }
    const misplaced = afterComma || items.length === 0 ? tokens.unexpected() : undefined;
    tokens.expect(')');
    if (arrowAt === start && tokens.is('=>') && !tokens.afterLineEnd) return this.arrow(items, start);
    if (misplaced !== undefined) throw misplaced;
    const [only] = items;
    if (items.length > 1) throw refused('SequenceExpression', firstStart);
    if (only === undefined || only.type === 'SpreadElement') throw refused('SpreadElement', firstStart);
    cover.parentheses(only);
    return only;
  }

  private arrow(list: (Expression | SpreadElement)[], start: number): Expression {
    const params = this.source.cover.parameters(list);
    this.tokens.next();
    if (this.tokens.is('{')) throw refused('BlockStatement', this.tokens.start);
    const body = this.source.assignment();
    return { type: 'ArrowFunctionExpression', ...this.from(start), params, body };
  }

  /** Values between this opening bracket and the closing one. */
  private list(close: string): (Expression | SpreadElement)[] {
    const { tokens } = this;
    const items: (Expression | SpreadElement)[] = [];
    tokens.next();
    while (!tokens.accept(close)) {
      items.push(tokens.is('...') ? this.source.spread() : this.source.assignment());
      if (!tokens.is(close)) tokens.expect(',');
    }
    return items;
  }

  private array(): Expression {
    const { tokens } = this;
    const { start } = tokens;
    const elements: (Expression | SpreadElement | null)[] = [];
    tokens.next();
    while (!tokens.accept(']')) {
      if (tokens.accept(',')) {
        elements.push(null);
        continue;
      }
      const item = tokens.is('...') ? this.source.spread() : this.source.assignment();
      elements.push(item);
      if (tokens.is(',') && item.type === 'SpreadElement') this.source.cover.comma(item);
      if (!tokens.is(']')) tokens.expect(',');
    }
    return { type: 'ArrayExpression', ...this.from(start), elements };
  }

  private template(): TemplateLiteral {
    const { tokens } = this;
    const { start } = tokens;
    const quasis: TemplateElement[] = [];
    const expressions: Expression[] = [];
    for (;;) {
      quasis.push({ type: 'TemplateElement', ...tokens.templateText() });
      if (tokens.source[tokens.end - 1] === '`') break;
      tokens.next();
      expressions.push(this.source.whole());
      if (!tokens.is('}')) throw tokens.unexpected();
    }
    tokens.next();
    return { type: 'TemplateLiteral', ...this.from(start), quasis, expressions };
  }

  private from(start: number): Part {
    return { start, end: this.tokens.lastEnd };
  }
}
