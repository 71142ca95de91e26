import { applyFilter, callFunction, callMethod } from './python-calls.js';
import { NotTranslatable, tokenize, type PythonToken } from './python-tokens.js';

const CONSTANTS: { readonly [name: string]: string } = {
  True: 'true',
  False: 'false',
  None: 'null',
  true: 'true',
  false: 'false',
  none: 'null',
  null: 'null',
};
const STEP_FIELDS = new Set(['output', 'status', 'error', 'attempt', 'errors']);
const DEEPEST = 50;

/** Translates one Python-flavoured expression into ours. Throws {@link NotTranslatable} for what has no counterpart. */
export function translateExpression(source: string): string {
  const parser = new PythonParser(tokenize(source));
  const text = parser.ternary();
  parser.expectEnd();
  return text;
}

/** Reads by precedence and writes JavaScript as it goes. */
class PythonParser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly PythonToken[]) {}

  private get token(): PythonToken {
    return this.tokens[this.at] ?? { kind: 'end', text: '' };
  }

  private take(text: string): boolean {
    const { token } = this;
    if (token.text !== text || token.kind === 'string') return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) throw new NotTranslatable(`${text} is expected before ${JSON.stringify(this.token.text)}`);
  }

  expectEnd(): void {
    if (this.token.kind !== 'end') throw new NotTranslatable(`${JSON.stringify(this.token.text)} is not expected`);
  }

  ternary(): string {
    if (++this.depth > DEEPEST) throw new NotTranslatable('it is nested too deeply');
    const value = this.or();
    let text = value;
    if (this.take('if')) {
      const condition = this.or();
      this.expect('else');
      text = `(${condition} ? ${value} : ${this.ternary()})`;
    }
    this.depth--;
    return text;
  }

  private or(): string {
    let left = this.and();
    while (this.take('or')) left = `(${left} || ${this.and()})`;
    return left;
  }

  private and(): string {
    let left = this.not();
    while (this.take('and')) left = `(${left} && ${this.not()})`;
    return left;
  }

  private not(): string {
    return this.take('not') ? `!(${this.not()})` : this.comparison();
  }

  private comparison(): string {
    const left = this.filtered();
    for (const [sign, ours] of [
      ['==', '==='],
      ['!=', '!=='],
      ['<=', '<='],
      ['>=', '>='],
      ['<', '<'],
      ['>', '>'],
    ] as const) {
      if (this.take(sign)) return `${left} ${ours} ${this.filtered()}`;
    }
    if (this.take('is')) return `${left} ${this.take('not') ? '!==' : '==='} ${this.filtered()}`;
    if (this.take('in')) return `${this.filtered()}.includes(${left})`;
    if (this.token.text === 'not' && this.tokens[this.at + 1]?.text === 'in') {
      this.at += 2;
      return `!${this.filtered()}.includes(${left})`;
    }
    return left;
  }

  private filtered(): string {
    let value = this.sum();
    while (this.take('|')) {
      const name = this.name();
      value = applyFilter(value, name, this.take('(') ? this.list(')') : []);
    }
    return value;
  }

  private sum(): string {
    let left = this.product();
    for (;;) {
      if (this.take('+')) left = `${left} + ${this.product()}`;
      else if (this.take('-')) left = `${left} - ${this.product()}`;
      else if (this.take('~')) left = `\`\${${left}}\${${this.product()}}\``;
      else return left;
    }
  }

  private product(): string {
    let left = this.unary();
    for (;;) {
      if (this.take('**')) left = `Math.pow(${left}, ${this.unary()})`;
      else if (this.take('//')) left = `Math.floor(${left} / ${this.unary()})`;
      else if (this.take('*')) left = `${left} * ${this.unary()}`;
      else if (this.take('/')) left = `${left} / ${this.unary()}`;
      else if (this.take('%')) left = `${left} % ${this.unary()}`;
      else return left;
    }
  }

  private unary(): string {
    return this.take('-') ? `-${this.unary()}` : this.postfix();
  }

  private postfix(): string {
    const first = this.token;
    let value = this.atom();
    // `steps.a.x` of the original is `steps.a.output.x` here.
    let stepDepth = first.kind === 'name' && value === 'steps' ? 0 : -1;
    for (;;) {
      if (this.take('.')) {
        const name = this.name();
        if (this.take('(')) {
          value = callMethod(value, name, this.list(')'));
          stepDepth = -1;
        } else {
          value += stepDepth === 1 && !STEP_FIELDS.has(name) ? `.output.${name}` : `.${name}`;
          stepDepth = stepDepth === 0 ? 1 : -1;
        }
      } else if (this.take('[')) {
        const index = this.index();
        const isField = stepDepth === 1 && !STEP_FIELDS.has(index.slice(2, -2));
        value += isField ? `.output${index}` : index;
        stepDepth = stepDepth === 0 ? 1 : -1;
      } else if (first.kind === 'name' && value === first.text && this.take('(')) {
        value = callFunction(value, this.list(')'));
      } else return value;
    }
  }

  private index(): string {
    const from = this.token.text === ':' ? '0' : this.ternary();
    if (!this.take(':')) {
      this.expect(']');
      return from.startsWith('-') ? `.at(${from})` : `[${from}]`;
    }
    const to = this.token.text === ']' ? undefined : this.ternary();
    this.expect(']');
    return to === undefined ? `.slice(${from})` : `.slice(${from}, ${to})`;
  }

  private atom(): string {
    const { kind, text } = this.token;
    this.at++;
    if (kind === 'number' || kind === 'string') return text;
    if (kind === 'name') return Object.hasOwn(CONSTANTS, text) ? (CONSTANTS[text] ?? text) : this.freeName(text);
    if (text === '(') {
      const inner = this.ternary();
      this.expect(')');
      return `(${inner})`;
    }
    if (text === '[') return `[${this.list(']').join(', ')}]`;
    if (text === '{') return this.dictionary();
    throw new NotTranslatable(text === '' ? 'it ends too early' : `${text} is not expected`);
  }

  private freeName(name: string): string {
    if (name === 'for' || name === 'lambda' || name === 'import') throw new NotTranslatable(`${name} is not known`);
    if (name === 'config' || name === 'credentials')
      throw new NotTranslatable(`${name} cannot be read from expressions`);
    return name;
  }

  private dictionary(): string {
    const entries: string[] = [];
    while (!this.take('}')) {
      const key = this.ternary();
      this.expect(':');
      entries.push(`[${key}]: ${this.ternary()}`);
      if (!this.take(',')) {
        this.expect('}');
        break;
      }
    }
    return `({ ${entries.join(', ')} })`;
  }

  private list(end: string): string[] {
    const entries: string[] = [];
    while (!this.take(end)) {
      entries.push(this.ternary());
      if (!this.take(',')) {
        this.expect(end);
        break;
      }
    }
    return entries;
  }

  private name(): string {
    const { kind, text } = this.token;
    if (kind !== 'name') throw new NotTranslatable(`a name is expected before ${JSON.stringify(text)}`);
    this.at++;
    return text;
  }
}
