import { rangeFault } from '../../expression.errors.js';
import type { Runtime } from '../../runtime/runtime.js';
import type { FunctionTable } from '../entry.js';
import { entry } from '../entry.js';
import { countArgument, textArgument } from './arguments.js';

/** Words of a text, at spaces, punctuation and where a capital begins. */
function words(rt: Runtime, value: unknown): string[] {
  const text = textArgument(rt, value);
  rt.list(text.length);
  rt.charge(text.length * 2);
  return text.match(/\p{Lu}?[\p{Ll}\p{M}]+|\p{Lu}+(?!\p{Ll})|\p{N}+|\p{Lo}+/gu) ?? [];
}

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();

function slug(rt: Runtime, [value, separator]: unknown[]): string {
  const text = textArgument(rt, value);
  const between = separator === undefined ? '-' : textArgument(rt, separator);
  rt.charge(text.length * 36);
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').replace(/ß/g, 'ss').toLowerCase();
  return rt.text((plain.match(/[\p{L}\p{N}]+/gu) ?? []).join(between));
}

const HTML_ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function uuid(rt: Runtime): string {
  const bytes = Array.from({ length: 16 }, () => Math.floor(rt.random() * 256));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function truncate(rt: Runtime, [value, length, end]: unknown[]): string {
  const text = textArgument(rt, value);
  const most = countArgument(rt, length, 'truncate', 0);
  const ending = end === undefined ? '…' : textArgument(rt, end);
  if (text.length <= most) return text;
  const cut = text.slice(0, Math.max(most - ending.length, 0)).replace(/[\ud800-\udbff]$/, '');
  return rt.text((cut + ending).slice(0, most));
}

function padNumber(rt: Runtime, [value, width]: unknown[]): string {
  const length = countArgument(rt, width, 'padNumber', 0);
  if (length > 1_000) throw rangeFault('padNumber needs a width of at most 1000.');
  return rt.text(textArgument(rt, value).padStart(length, '0'));
}

/** Functions over text. A text that is null or undefined counts as empty. */
export const textFunctions: FunctionTable = {
  slug: entry("slug(text, separator = '-'): string", 'Letters and digits only, for a URL or a file name.', slug, [
    "slug('Crème Brûlée & Co.')",
    'creme-brulee-co',
  ]),
  capitalize: entry(
    'capitalize(text): string',
    'With a capital at the start.',
    (rt, [value]) => {
      const text = textArgument(rt, value);
      return rt.text(text.slice(0, 1).toUpperCase() + text.slice(1));
    },
    ["capitalize('ada')", 'Ada'],
  ),
  titleCase: entry(
    'titleCase(text): string',
    'Every word with a capital.',
    (rt, [value]) => rt.text(words(rt, value).map(capital).join(' ')),
    ["titleCase('open_purchase orders')", 'Open Purchase Orders'],
  ),
  camelCase: entry(
    'camelCase(text): string',
    'As a name in camel case.',
    (rt, [value]) => {
      const [first = '', ...rest] = words(rt, value);
      return rt.text(first.toLowerCase() + rest.map(capital).join(''));
    },
    ["camelCase('order id')", 'orderId'],
  ),
  snakeCase: entry(
    'snakeCase(text): string',
    'As a name in snake case.',
    (rt, [value]) => rt.text(words(rt, value).join('_').toLowerCase()),
    ["snakeCase('orderId')", 'order_id'],
  ),
  kebabCase: entry(
    'kebabCase(text): string',
    'As a name in kebab case.',
    (rt, [value]) => rt.text(words(rt, value).join('-').toLowerCase()),
    ["kebabCase('orderId')", 'order-id'],
  ),
  truncate: entry(
    "truncate(text, length, end = '…'): string",
    'Cut to a length, with the end in place of what was cut.',
    truncate,
    ["truncate('automation', 5)", 'auto…'],
  ),
  padNumber: entry('padNumber(number, width): string', 'With zeros in front.', padNumber, ['padNumber(7, 3)', '007']),
  escapeHtml: entry(
    'escapeHtml(text): string',
    'Safe inside HTML.',
    (rt, [value]) => {
      const text = textArgument(rt, value);
      rt.charge(text.length * 6);
      return text.replace(/[&<>"']/g, (character) => HTML_ESCAPES[character] ?? character);
    },
    ["escapeHtml('<b>')", '&lt;b&gt;'],
  ),
  uuid: entry('uuid(): string', 'A random identifier; the same for the same seed.', (rt) => rt.text(uuid(rt)), [
    'uuid().length',
    36,
  ]),
  random: entry(
    'random(min = 0, max = 1): number',
    'A random number from min up to max; the same for the same seed.',
    (rt, [min, max]) => {
      const low = max === undefined ? 0 : Number(min);
      const high = max === undefined ? Number(min ?? 1) : Number(max);
      return low + rt.random() * (high - low);
    },
    ['random(5) < 5', true],
  ),
};
