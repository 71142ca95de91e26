import { KEYS, number, word } from './generate-data.js';
import { pattern } from './generate-pattern.js';
import type { Choices } from './random.js';

type Make = (g: Generator) => string;

/** Builds random expressions, mostly of the type that is asked for, sometimes of another. */
export class Generator {
  private names: string[] = [];
  private depth = 4;

  constructor(readonly choices: Choices) {}

  any(): string {
    return this.nested(() =>
      this.choices.one<Make>([num, num, str, str, bool, list, list, record, date, any, conditional, called])(this),
    );
  }

  num(): string {
    return this.typed(num);
  }

  str(): string {
    return this.typed(str);
  }

  bool(): string {
    return this.typed(bool);
  }

  list(): string {
    return this.typed(list);
  }

  record(): string {
    return this.typed(record);
  }

  date(): string {
    return this.typed(date);
  }

  /** An arrow function whose parameters are in reach of its body. */
  lambda(parameters: number, body: (g: Generator) => string): string {
    const fresh = Array.from({ length: parameters }, (_item, index) => `v${this.names.length + index}`);
    const written = fresh.map((name, index) => (index === parameters - 1 ? this.parameter(name) : name));
    const outer = this.names;
    this.names = [...outer, ...fresh];
    const text = `(${written.join(', ')}) => (${body(this)})`;
    this.names = outer;
    return text;
  }

  local(): string | undefined {
    return this.names.length === 0 ? undefined : this.choices.one(this.names);
  }

  private parameter(name: string): string {
    if (this.choices.chance(80)) return name;
    return this.choices.one([`${name} = 1`, `{ id: ${name} }`, `{ name: ${name} = 'z' }`, `[${name}]`, `...${name}`]);
  }

  private typed(make: Make): string {
    return this.nested(() => (this.choices.chance(6) ? any(this) : make(this)));
  }

  private nested(make: () => string): string {
    if (this.depth <= 0) return leaf(this);
    this.depth--;
    const text = make();
    this.depth++;
    return text;
  }
}

function leaf(g: Generator): string {
  const local = g.choices.chance(40) ? g.local() : undefined;
  return (
    local ??
    g.choices.one([
      'n',
      's',
      'flag',
      'none',
      'xs',
      'ss',
      'items',
      'o',
      'any',
      literalNumber(g),
      literalText(g),
      'null',
      'undefined',
      'true',
    ])
  );
}

const literalNumber = (g: Generator): string =>
  g.choices.chance(10) ? g.choices.one(['NaN', 'Infinity', '-0', '1e3', '0x1f', '.5']) : `(${number(g.choices)})`;
const literalText = (g: Generator): string => JSON.stringify(word(g.choices));
const any: Make = leaf;
const conditional: Make = (g) => `(${g.bool()} ? ${g.any()} : ${g.any()})`;
const called: Make = (g) => `(${g.lambda(1 + g.choices.below(2), (inner) => inner.any())})(${g.any()}, ${g.any()})`;

const MATH = [
  'abs',
  'ceil',
  'floor',
  'round',
  'trunc',
  'sign',
  'sqrt',
  'cbrt',
  'log2',
  'exp',
  'sin',
  'atan',
  'fround',
  'clz32',
];

const NUMBERS: Make[] = [
  () => 'n',
  literalNumber,
  (g) =>
    `(${g.num()} ${g.choices.one(['+', '-', '*', '/', '%', '**', '&', '|', '^', '<<', '>>', '>>>'])} ${g.num()})`.replace(
      /\((-[^)]*)\) \*\*/,
      '(($1)) **',
    ),
  (g) => `Math.${g.choices.one(MATH)}(${g.num()})`,
  (g) => `Math.${g.choices.one(['max', 'min', 'hypot'])}(${g.num()}, ...${g.list()})`,
  (g) => `Math.${g.choices.one(['pow', 'atan2', 'imul'])}(${g.num()}, ${g.num()})`,
  (g) => `${g.str()}.length`,
  (g) => `${g.list()}.length`,
  (g) => `${g.str()}.${g.choices.one(['indexOf', 'lastIndexOf', 'localeCompare'])}(${g.str()})`,
  (g) => `${g.str()}.${g.choices.one(['charCodeAt', 'codePointAt'])}(${g.num()})`,
  (g) => `${g.str()}.slice(0, 12).search(${pattern(g.choices)})`,
  (g) => `${g.list()}.${g.choices.one(['indexOf', 'lastIndexOf'])}(${g.any()})`,
  (g) => `${g.list()}.${g.choices.one(['findIndex', 'findLastIndex'])}(${g.lambda(2, (i) => i.bool())})`,
  (g) => `${g.list()}.reduce(${g.lambda(2, (i) => i.num())}, ${g.num()})`,
  (g) => `xs.${g.choices.one(['reduce', 'reduceRight'])}(${g.lambda(2, (i) => i.num())})`,
  (g) => `${g.choices.one(['Number', 'parseInt', 'parseFloat', '+', '-', '~'])}(${g.any()})`,
  (g) =>
    `${g.date()}.${g.choices.one(['getTime', 'getFullYear', 'getMonth', 'getDate', 'getDay', 'getHours', 'getMinutes', 'getUTCSeconds', 'getMilliseconds', 'getTimezoneOffset', 'valueOf'])}()`,
  (g) =>
    `${g.date()}.${g.choices.one(['setDate', 'setMonth', 'setFullYear', 'setHours', 'setUTCMinutes', 'setTime'])}(${g.num()})`,
  (g) => `${g.list()}.${g.choices.one(['push', 'unshift'])}(${g.any()}, ${g.any()})`,
  (g) => `Date.${g.choices.one(['parse', 'UTC'])}(${g.choices.one(['at', '2026, 2', g.num()])})`,
];

const STRINGS: Make[] = [
  () => 's',
  literalText,
  (g) => `(${g.str()} + ${g.any()})`,
  (g) => `\`a\${${g.any()}}-\${${g.str()}}\``,
  (g) =>
    `${g.str()}.${g.choices.one(['trim', 'toUpperCase', 'toLowerCase', 'trimStart', 'trimEnd', 'normalize', 'toString', 'valueOf'])}()`,
  (g) =>
    `${g.str()}.${g.choices.one(['slice', 'substring', 'substr'])}(${g.num()}${g.choices.chance(50) ? `, ${g.num()}` : ''})`,
  (g) => `${g.str()}.${g.choices.one(['charAt', 'at'])}(${g.num()})`,
  (g) => `${g.str()}.repeat(${g.choices.below(4)})`,
  (g) =>
    `${g.str()}.${g.choices.one(['padStart', 'padEnd'])}(${g.choices.below(9)}${g.choices.chance(50) ? `, ${g.str()}` : ''})`,
  (g) =>
    `${g.str()}.${g.choices.one(['replace', 'replaceAll'])}(${g.str()}, ${g.choices.one([literalText(g), "'[$&]'", "'$$'", "'$`|$\\''", g.lambda(2, (i) => i.str())])})`,
  (g) =>
    `${g.str()}.slice(0, 12).replace(${pattern(g.choices)}, ${g.choices.one(["'<$1>'", "'[$&$2]'", "'$<g0>'", "'$11'", g.lambda(3, (i) => i.str())])})`,
  (g) =>
    `${g.str()}.slice(0, 12).replaceAll(${pattern(g.choices, true)}, ${g.choices.one(["'<$1>'", g.lambda(1, (i) => i.str())])})`,
  (g) => `${g.list()}.join(${g.choices.one(['', g.str(), "'-'"])})`,
  (g) =>
    `${g.num()}.${g.choices.one(['toFixed', 'toString', 'toPrecision', 'toExponential'])}(${g.choices.one(['', '2', '16', g.num()])})`,
  (g) => `String(${g.any()})`,
  (g) => `typeof ${g.any()}`,
  (g) =>
    `JSON.stringify(${g.any()}${g.choices.chance(30) ? `, ${g.choices.one(['null', "['id', 'a', 1]"])}, ${g.choices.one(['2', "'--'"])}` : ''})`,
  (g) => `${g.choices.one(['encodeURIComponent', 'encodeURI', 'decodeURIComponent'])}(${g.str()})`,
  (g) =>
    `${g.date()}.${g.choices.one(['toISOString', 'toString', 'toJSON', 'toDateString', 'toTimeString', 'toUTCString', 'toLocaleDateString', 'toLocaleString', 'toLocaleTimeString'])}()`,
  (g) => `${g.str()}[${g.num()}]`,
  (g) => `${g.str()}.concat(${g.any()}, ${g.any()})`,
  (g) => `String.${g.choices.one(['fromCharCode', 'fromCodePoint'])}(${g.num()})`,
  (g) => `${g.num()}.toLocaleString()`,
];

const BOOLEANS: Make[] = [
  () => 'flag',
  (g) => `(${g.any()} ${g.choices.one(['==', '!=', '===', '!=='])} ${g.any()})`,
  (g) => `(${g.num()} ${g.choices.one(['<', '<=', '>', '>='])} ${g.num()})`,
  (g) => `(${g.any()} ${g.choices.one(['<', '<=', '>', '>='])} ${g.any()})`,
  (g) => `!${g.any()}`,
  (g) => `(${g.bool()} ${g.choices.one(['&&', '||'])} ${g.bool()})`,
  (g) => `(${g.any()} ?? ${g.any()})`,
  (g) => `${g.str()}.${g.choices.one(['includes', 'startsWith', 'endsWith'])}(${g.str()})`,
  (g) => `${g.list()}.includes(${g.any()})`,
  (g) => `${g.list()}.${g.choices.one(['some', 'every'])}(${g.lambda(2, (i) => i.bool())})`,
  (g) => `(${literalText(g)} in ${g.choices.one([g.record(), g.list()])})`,
  (g) => `${pattern(g.choices)}.test(${g.str()}.slice(0, 12))`,
  (g) => `Array.isArray(${g.any()})`,
  (g) => `Number.${g.choices.one(['isInteger', 'isNaN', 'isFinite', 'isSafeInteger'])}(${g.any()})`,
  (g) => `${g.choices.one(['isNaN', 'isFinite', 'Boolean'])}(${g.any()})`,
  (g) => `Object.is(${g.any()}, ${g.any()})`,
  (g) => `Object.hasOwn(${g.any()}, ${literalText(g)})`,
];

const LISTS: Make[] = [
  () => 'xs',
  () => 'ss',
  () => 'items',
  (g) => `[${g.any()}, ${g.any()}]`,
  (g) => `[...${g.list()}, ${g.any()}]`,
  (g) => `[...${g.str()}]`,
  (g) => `${g.list()}.map(${g.lambda(2, (i) => i.any())})`,
  (g) => `${g.list()}.filter(${g.lambda(2, (i) => i.bool())})`,
  (g) =>
    `items.${g.choices.one(['map', 'flatMap', 'filter'])}(${g.choices.one(['({ id, ...r }) => ({ ...r, k: id })', '({ tags }) => tags', '({ tags: [t = 0, ...u] }) => [u, t]', 'i => i.price'])})`,
  (g) => `${g.list()}.map(${g.choices.one(['Number', 'String', 'Boolean', 'parseInt', 'Math.abs'])})`,
  (g) =>
    `${g.list()}.${g.choices.one(['slice', 'toSpliced', 'splice'])}(${g.num()}${g.choices.chance(50) ? `, ${g.choices.below(3)}` : ''})`,
  (g) => `${g.list()}.concat(${g.any()}, ${g.list()})`,
  (g) => `${g.list()}.flat(${g.choices.one(['', '2', 'Infinity'])})`,
  (g) => `${g.list()}.${g.choices.one(['sort', 'toSorted', 'reverse', 'toReversed'])}()`,
  (g) =>
    `xs.${g.choices.one(['sort', 'toSorted'])}((a, b) => ${g.choices.one(['a - b', 'b - a', 'a > b ? 1 : -1', 'NaN'])})`,
  (g) => `items.sort((a, b) => a.${g.choices.one(['id', 'price'])} - b.price)`,
  (g) => `${g.list()}.fill(${g.any()}, ${g.choices.below(3)})`,
  (g) => `${g.list()}.with(${g.choices.below(4)}, ${g.any()})`,
  (g) => `${g.list()}.copyWithin(${g.choices.below(3)}, ${g.choices.below(3)})`,
  (g) =>
    `${g.str()}.slice(0, 12).split(${g.choices.one(['', g.str(), "''", pattern(g.choices)])}${g.choices.chance(20) ? `, ${g.choices.below(3)}` : ''})`,
  (g) => `(${g.str()}.slice(0, 12).match(${pattern(g.choices)}) ?? [])`,
  (g) =>
    `[...${g.str()}.slice(0, 12).matchAll(${pattern(g.choices, true)})].map((m) => [m.index, m[1], m.groups, m.input])`,
  (g) => `${pattern(g.choices)}.exec(${g.str()}.slice(0, 12))`,
  (g) => `Object.${g.choices.one(['keys', 'values', 'entries'])}(${g.any()})`,
  (g) => `Array.${g.choices.one(['from', 'of'])}(${g.any()})`,
  (g) => `Array.from({ length: ${g.choices.below(5)} }, ${g.lambda(2, (i) => i.any())})`,
  (g) => `[...${g.list()}.${g.choices.one(['entries', 'keys', 'values'])}()]`,
  (g) => `(${g.lambda(1, (i) => `[${i.list()}, ${i.local() ?? 'n'}, ${i.local() ?? 'n'}]`)})(${g.list()})`,
  (g) =>
    `(l => [l.${g.choices.one(['push(1)', 'pop()', 'shift()', 'reverse().length', 'sort()', 'splice(0, 1)', 'fill(7)'])}, l, l.length])(${g.choices.one(['xs', 'ss', 'items', g.list()])})`,
  (g) =>
    `[xs.${g.choices.one(['reverse()', 'sort()', 'push(9)', 'pop()'])}, xs[0], xs.length, items[0]?.tags.push(1), items[0], ${g.any()}]`,
];

const RECORDS: Make[] = [
  () => 'o',
  (g) => `({ a: ${g.any()}, [${literalText(g)}]: ${g.any()} })`,
  (g) => `({ ...${g.any()}, id: ${g.num()} })`,
  (g) => `Object.fromEntries(${g.list()}.map(${g.lambda(1, (i) => `[${i.str()}, ${i.any()}]`)}))`,
  (g) => `Object.assign({}, ${g.record()}, ${g.any()})`,
  (g) => `${g.list()}[${g.num()}]`,
  (g) =>
    `${g.list()}.${g.choices.one(['at', 'find', 'findLast'])}(${g.choices.one(['0', '-1', g.lambda(1, (i) => i.bool())])})`,
  (g) => `${g.record()}?.${g.choices.one(KEYS.filter((key) => /^[a-z]\w*$/.test(key)))}`,
  (g) => `${g.record()}?.[${literalText(g)}]?.${g.choices.one(['id', 'a', 'trim()', 'at(0)'])}`,
  (g) => `${g.record()}.${g.choices.one(['a', 'b', 'id', 'name', 'tags'])}`,
  (g) => `${g.record()}[${g.any()}]`,
  (g) => `JSON.parse(${g.choices.one(['\'{"a":[1,{}]}\'', 'JSON.stringify(o)', g.str()])})`,
  (g) => `(({ a, b = ${g.any()}, ...rest }) => [a, b, rest])(${g.record()})`,
  (g) => `({ toString: () => ${g.str()}, valueOf: () => ${g.any()}, toJSON: (k) => ${g.any()} })`,
];

const DATES: Make[] = [
  () => 'new Date(at)',
  (g) => `new Date(${g.num()})`,
  (g) =>
    `new Date(${g.choices.one(['2026', '99', 'n'])}, ${g.choices.below(14)}, ${1 + g.choices.below(31)}, ${g.choices.below(25)})`,
  (g) =>
    `new Date(${g.choices.one(["'Mar 5, 2026'", "'2026-03-05 10:11'", "'5 March 2026 10:00 GMT+2'", "'2026/01/02'", "'Thu, 01 Jan 2026 00:00:00 GMT'", "'2026-1-2'", "'12/31/2026'", "'2026-03-05T10:11:12+05:30'"])})`,
  (g) => `new Date(${g.date()})`,
];

const num: Make = (g) => g.choices.one(NUMBERS)(g);
const str: Make = (g) => g.choices.one(STRINGS)(g);
const bool: Make = (g) => g.choices.one(BOOLEANS)(g);
const list: Make = (g) => g.choices.one(LISTS)(g);
const record: Make = (g) => g.choices.one(RECORDS)(g);
const date: Make = (g) => g.choices.one(DATES)(g);
