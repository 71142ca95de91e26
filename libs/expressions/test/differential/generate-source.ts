import { scope } from './generate-data.js';
import { Generator } from './generate-expression.js';
import type { Choices } from './random.js';

/** Pieces that meet each other in every order: what tokens, precedence and patterns depend on. */
const PIECES = [
  ...[
    'a',
    'b',
    'x1',
    '$',
    '_',
    'é',
    'async',
    'get',
    'of',
    'in',
    'instanceof',
    'typeof',
    'void',
    'delete',
    'new',
    'new Date',
  ],
  ...['this', 'null', 'true', 'let', 'await', 'static', 'eval', 'arguments', 'if', 'class', 'function', 'undefined'],
  ...[
    '0',
    '1',
    '.5',
    '5.',
    '1e3',
    '1_0',
    '0x1f',
    '017',
    '10n',
    '0b12',
    "'s'",
    '"t\\n"',
    "'\\u{1F600}'",
    "'\\8'",
    "'\\0'",
  ],
  ...['`', '`t`', '`a${', '}b`', '${', '/r/', '/[/]/g', '/=/', '/a(/', '//c\n', '/*c*/', '\n', ' ', '\u2028', '\ufeff'],
  ...[
    '(',
    ')',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
    ',',
    '...',
    ':',
    '?',
    '?.',
    '.',
    '=>',
    '=>',
    '=',
    '=',
    ';',
    '#',
    '@',
  ],
  ...[
    '+',
    '-',
    '*',
    '/',
    '%',
    '**',
    '!',
    '~',
    '&&',
    '||',
    '??',
    '&',
    '|',
    '^',
    '<<',
    '>>',
    '>>>',
    '<',
    '>',
    '<=',
    '>=',
  ],
  ...[
    '==',
    '!=',
    '===',
    '!==',
    '++',
    '--',
    '+=',
    '??=',
    '({',
    '})',
    '([',
    '])',
    '(a, b) =>',
    '({ a = 1 }) =>',
    '\\u0061',
  ],
];

/** A text that is an expression, or nearly one: a random one, part of it lost, doubled or replaced. */
export function sourceText(choices: Choices): string {
  if (choices.chance(35)) {
    return Array.from({ length: 1 + choices.below(8) }, () => choices.one(PIECES)).join(choices.chance(50) ? ' ' : '');
  }
  scope(choices);
  let text = new Generator(choices).any();
  if (choices.chance(30)) text = text.replace(/[()]/g, (bracket) => (choices.chance(25) ? '' : bracket));
  for (let change = choices.below(4); change > 0; change--) text = changed(text, choices);
  return text;
}

function changed(text: string, choices: Choices): string {
  const tokens = text.match(/[\w$]+|\s+|[^\w\s]/g) ?? [];
  const at = choices.below(tokens.length + 1);
  const cut = choices.below(3);
  const put = choices.chance(60) ? [choices.one(PIECES)] : [];
  return [...tokens.slice(0, at), ...put, ...tokens.slice(at + cut)].join('');
}
