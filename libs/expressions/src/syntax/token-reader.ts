import { EXPRESSION_ERROR_CODE, Fault, forbidden } from '../expression.errors.js';
import { checkPattern, unescapeText } from './literal-text.js';

const BLANK = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)*/y;
const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER =
  /0[xX][\da-fA-F](?:_?[\da-fA-F])*|0[oO][0-7](?:_?[0-7])*|0[bB][01](?:_?[01])*|(?:(?:0|[1-9](?:_?\d)*)(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?/y;
const STRING = /'(?:[^'\\\n\r]|\\(?:\r\n|[^]))*'|"(?:[^"\\\n\r]|\\(?:\r\n|[^]))*"/y;
const TEMPLATE = /(?:[^`\\$]|\$(?!\{)|\\[^])*/y;
const PATTERN =
  /\/(?![*/])((?:[^\\/[\n\r\u2028\u2029]|\\[^\n\r\u2028\u2029]|\[(?:[^\]\\\n\r\u2028\u2029]|\\[^\n\r\u2028\u2029])*\])+)\/([\p{ID_Continue}$]*)/uy;
const PUNCTUATOR =
  />>>=|\.\.\.|===|!==|>>>|\*\*=|<<=|>>=|&&=|\|\|=|\?\?=|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.(?!\d)|\+\+|--|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|<<|>>|\*\*|[^]/uy;
const LINE_END = /[\n\r\u2028\u2029]/;

export type TokenKind = 'end' | 'name' | 'number' | 'punctuator' | 'string';

/**
 * Reads a text token by token. What a token means does not depend on where it stands but for two, which the parser
 * asks for: a regular expression and what follows a template's expression.
 */
export class TokenReader {
  kind: TokenKind = 'end';
  /** The token as it is written. */
  text = '';
  /** What a number or a string stands for. */
  value: number | string = '';
  start = 0;
  end = 0;
  /** Offset behind the token before this one. */
  lastEnd = 0;
  afterLineEnd = false;

  constructor(
    readonly source: string,
    offset: number,
  ) {
    this.end = offset;
    this.next();
  }

  /** Goes on to the next token. */
  next(): void {
    this.lastEnd = this.end;
    const blank = this.take(BLANK, this.end) ?? '';
    this.afterLineEnd = LINE_END.test(blank);
    this.start = this.end + blank.length;
    if (this.source.startsWith('/*', this.start)) throw this.fault('Unterminated comment.', this.start);
    const first = this.source[this.start];
    if (first === undefined) this.put('end', '');
    else if (first === '"' || first === "'") this.string();
    else if (/\d/.test(first) || (first === '.' && /\d/.test(this.source[this.start + 1] ?? ''))) this.number();
    else {
      const name = this.take(NAME, this.start);
      if (name !== undefined) this.put('name', name);
      else this.put('punctuator', this.take(PUNCTUATOR, this.start) ?? '');
    }
  }

  is(punctuator: string): boolean {
    return this.kind === 'punctuator' && this.text === punctuator;
  }

  isName(name: string): boolean {
    return this.kind === 'name' && this.text === name;
  }

  /** Goes past this punctuator if it stands here. */
  accept(punctuator: string): boolean {
    if (!this.is(punctuator)) return false;
    this.next();
    return true;
  }

  expect(punctuator: string): void {
    if (!this.accept(punctuator)) throw this.unexpected();
  }

  unexpected(): Fault {
    const found = this.kind === 'end' ? 'end of the expression' : this.kind === 'string' ? 'text' : `'${this.text}'`;
    return this.fault(`Unexpected ${found}.`, this.start);
  }

  /** Reads the regular expression that begins with this token, and goes on behind it. */
  pattern(): { pattern: string; flags: string } {
    PATTERN.lastIndex = this.start;
    const found = PATTERN.exec(this.source);
    if (found === null) throw this.fault('Unterminated regular expression.', this.start);
    const [whole, pattern = '', flags = ''] = found;
    checkPattern(pattern, flags, this.start);
    this.end = this.start + whole.length;
    this.next();
    return { pattern, flags };
  }

  /** Reads the text of a template from behind this token on; stops before `${` or the closing mark. */
  templateText(): { cooked: string; start: number; end: number } {
    const start = this.end;
    const raw = this.take(TEMPLATE, start) ?? '';
    const end = start + raw.length;
    if (end >= this.source.length || this.source[end] === '\\') throw this.fault('Unterminated template.', start);
    this.end = end + (this.source[end] === '`' ? 1 : 2);
    return { cooked: unescapeText(raw.replace(/\r\n?/g, '\n'), start), start, end };
  }

  private string(): void {
    const found = this.take(STRING, this.start);
    if (found === undefined) throw this.fault('Unterminated string constant.', this.start);
    this.put('string', found);
    this.value = unescapeText(found.slice(1, -1), this.start + 1);
  }

  private number(): void {
    const found = this.take(NUMBER, this.start) ?? '';
    const behind = this.start + found.length;
    if (this.source[behind] === 'n') throw forbidden('BigInt is not available; numbers are doubles.', this.start);
    if (/[\p{ID_Continue}$\\]/u.test(String.fromCodePoint(this.source.codePointAt(behind) ?? 0))) {
      throw this.fault('Invalid number, or a name directly after it.', this.start);
    }
    this.put('number', found);
    this.value = Number(found.replaceAll('_', ''));
  }

  private put(kind: TokenKind, text: string): void {
    this.kind = kind;
    this.text = text;
    this.end = this.start + text.length;
  }

  private take(expression: RegExp, offset: number): string | undefined {
    expression.lastIndex = offset;
    return expression.exec(this.source)?.[0];
  }

  private fault(message: string, offset: number): Fault {
    return new Fault(EXPRESSION_ERROR_CODE.syntax, message, offset);
  }
}
