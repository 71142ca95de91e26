import { NotTranslatable } from './python-tokens.js';

type Call = (value: string, args: readonly string[]) => string;

const method =
  (name: string): Call =>
  (value, args) =>
    `${value}.${name}(${args.join(', ')})`;

const replace: Call = (value, args) => `${value}.replaceAll(${args.slice(0, 2).join(', ')})`;

const FUNCTIONS: { readonly [name: string]: Call } = {
  len: (value) => `${grouped(value)}.length`,
  str: (value) => `String(${value})`,
  int: (value) => `Math.trunc(Number(${value}))`,
  float: (value) => `Number(${value})`,
  bool: (value) => `Boolean(${value})`,
  abs: (value) => `Math.abs(${value})`,
  round: (value, args) =>
    args.length > 0 ? `Number(Number(${value}).toFixed(${args[0] ?? 0}))` : `Math.round(${value})`,
  min: (value, args) => (args.length > 0 ? `Math.min(${[value, ...args].join(', ')})` : `Math.min(...${value})`),
  max: (value, args) => (args.length > 0 ? `Math.max(${[value, ...args].join(', ')})` : `Math.max(...${value})`),
  sum: (value) => `${grouped(value)}.reduce((total, entry) => total + entry, 0)`,
  list: (value) => `Array.from(${value})`,
};

const METHODS: { readonly [name: string]: Call } = {
  lower: method('toLowerCase'),
  upper: method('toUpperCase'),
  strip: method('trim'),
  lstrip: method('trimStart'),
  rstrip: method('trimEnd'),
  startswith: method('startsWith'),
  endswith: method('endsWith'),
  replace,
  split: method('split'),
  find: method('indexOf'),
  join: (value, args) => `${args[0] ?? '[]'}.join(${value})`,
  get: (value, [key = 'null', otherwise = 'null']) => `(${value}[${key}] ?? ${otherwise})`,
  keys: (value) => `Object.keys(${value})`,
  values: (value) => `Object.values(${value})`,
  items: (value) => `Object.entries(${value})`,
};

const FILTERS: { readonly [name: string]: Call } = {
  replace,
  lower: method('toLowerCase'),
  upper: method('toUpperCase'),
  trim: method('trim'),
  join: method('join'),
  length: (value) => `${grouped(value)}.length`,
  count: (value) => `${grouped(value)}.length`,
  default: (value, [otherwise = "''"]) => `(${value} ?? ${otherwise})`,
  d: (value, [otherwise = "''"]) => `(${value} ?? ${otherwise})`,
  first: (value) => `${value}.at(0)`,
  last: (value) => `${value}.at(-1)`,
  tojson: (value) => `JSON.stringify(${value})`,
  string: (value) => `String(${value})`,
  int: (value) => `Math.trunc(Number(${value}))`,
  float: (value) => `Number(${value})`,
  round: (value, args) => FUNCTIONS['round']?.(value, args) ?? value,
  abs: (value) => `Math.abs(${value})`,
  sum: (value) => FUNCTIONS['sum']?.(value, []) ?? value,
};

export function callFunction(name: string, args: readonly string[]): string {
  const [value, ...rest] = args;
  if (value === undefined) throw new NotTranslatable(`${name}() is not known`);
  return found(FUNCTIONS, name, `the function ${name}`)(value, rest);
}

export function callMethod(value: string, name: string, args: readonly string[]): string {
  return found(METHODS, name, `the method ${name}`)(value, args);
}

export function applyFilter(value: string, name: string, args: readonly string[]): string {
  return found(FILTERS, name, `the filter ${name}`)(grouped(value), args);
}

function found(table: { readonly [name: string]: Call }, name: string, what: string): Call {
  const call = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!call) throw new NotTranslatable(`${what} is not known`);
  return call;
}

/** What stands before a dot has to hold together. */
function grouped(value: string): string {
  return /^[\w.$]+$/.test(value) || /^\(.*\)$|^\[.*\]$/.test(value) ? value : `(${value})`;
}
