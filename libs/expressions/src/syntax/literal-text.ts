import { EXPRESSION_ERROR_CODE, Fault } from '../expression.errors.js';

const ESCAPE = /\\(?:u\{([\da-fA-F]+)\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|(0(?!\d)|\r\n|[^]))/g;
const LINE_END = /[\n\r\u2028\u2029]/;
const MAX_CODE_POINT = 0x10ffff;
const CONTROL_CHARACTERS: Record<string, string> = {
  0: '\0',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** What the text between the quotes of a string or the marks of a template stands for; it begins at `offset`. */
export function unescapeText(raw: string, offset: number): string {
  if (!raw.includes('\\')) return raw;
  return raw.replace(ESCAPE, (_whole, point?: string, unit?: string, byte?: string, other?: string, at = 0) => {
    if (other === undefined) {
      const code = parseInt(point ?? unit ?? byte ?? '', 16);
      if (code > MAX_CODE_POINT) throw badEscape('Code point out of bounds', offset + at);
      return String.fromCodePoint(code);
    }
    if (/[ux]/.test(other)) throw badEscape('Bad character escape sequence', offset + at);
    if (/[1-9]/.test(other) || (other === '0' && /\d/.test(raw[at + 2] ?? ''))) {
      throw badEscape('Octal literals are not available', offset + at);
    }
    return CONTROL_CHARACTERS[other] ?? (LINE_END.test(other) ? '' : other);
  });
}

function badEscape(reason: string, offset: number): Fault {
  return new Fault(EXPRESSION_ERROR_CODE.syntax, `${reason}.`, offset);
}

/** Asks the JavaScript engine whether a regular expression is one; it is never run there. */
export function checkPattern(pattern: string, flags: string, offset: number): void {
  try {
    new RegExp(pattern, flags);
  } catch (error) {
    const { message } = error as Error;
    throw new Fault(EXPRESSION_ERROR_CODE.syntax, `${message}.`, offset);
  }
}
