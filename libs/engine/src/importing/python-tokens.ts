export interface PythonToken {
  kind: 'name' | 'number' | 'string' | 'sign' | 'end';
  text: string;
}

/** An expression that this importer cannot read. */
export class NotTranslatable extends Error {
  override readonly name = 'NotTranslatable';
}

const SIGNS = [
  '==',
  '!=',
  '<=',
  '>=',
  '//',
  '**',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '|',
  '~',
  '.',
  ',',
  ':',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
];

export function tokenize(source: string): PythonToken[] {
  const tokens: PythonToken[] = [];
  let at = 0;
  while (at < source.length) {
    const char = source[at] ?? '';
    if (/\s/.test(char)) at++;
    else if (char === '"' || char === "'") {
      const text = stringAt(source, at);
      tokens.push({ kind: 'string', text });
      at += text.length;
    } else {
      const token = wordAt(source.slice(at)) ?? signAt(source, at);
      tokens.push(token);
      at += token.text.length;
    }
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

function stringAt(source: string, start: number): string {
  const quote = source[start];
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === quote) return source.slice(start, at + 1);
  }
  throw new NotTranslatable('a text has no end');
}

function wordAt(rest: string): PythonToken | undefined {
  const name = /^[A-Za-z_]\w*/.exec(rest)?.[0];
  if (name) {
    if (/^[fr]$/i.test(name) && /^["']/.test(rest.slice(1))) throw new NotTranslatable(`${name}-strings are not known`);
    return { kind: 'name', text: name };
  }
  const number = /^\d+(\.\d+)?/.exec(rest)?.[0];
  return number ? { kind: 'number', text: number } : undefined;
}

function signAt(source: string, at: number): PythonToken {
  const text = SIGNS.find((sign) => source.startsWith(sign, at));
  if (!text) throw new NotTranslatable(`${JSON.stringify(source[at])} is not known`);
  return { kind: 'sign', text };
}
