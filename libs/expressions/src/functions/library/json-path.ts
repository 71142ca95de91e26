import { rangeFault, typeFault } from '../../expression.errors.js';
import { RESULT_LIMITS } from '../../runtime/plain-data.js';
import type { Runtime } from '../../runtime/runtime.js';

type Selector = { name: string } | { index: number } | { slice: [number?, number?, number?] } | 'all';

interface Segment {
  /** Whether it looks at everything below, not only one level. */
  descend: boolean;
  selectors: Selector[];
}

/** RFC 9535 without filters: names, indexes, slices, wildcards, unions and descendants. */
export function jsonPath(rt: Runtime, value: unknown, path: string): unknown[] {
  let found: unknown[] = [value];
  for (const { descend, selectors } of parsePath(path)) {
    const sources = descend ? found.flatMap((source) => withDescendants(rt, source, 0)) : found;
    found = sources.flatMap((source) => selectors.flatMap((selector) => select(rt, source, selector)));
  }
  return found;
}

const NAME = /^(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*|\*)/;
const MAX_PATH_LENGTH = 1_000;

function parsePath(path: string): Segment[] {
  if (!path.startsWith('$') || path.length > MAX_PATH_LENGTH)
    throw rangeFault("A JSONPath begins with '$': $.items[*].name.");
  const segments: Segment[] = [];
  let rest = path.slice(1);
  while (rest !== '') {
    const dots = rest.startsWith('..') ? 2 : rest.startsWith('.') ? 1 : 0;
    const after = rest.slice(dots);
    const name = NAME.exec(after)?.[0];
    const bracket = after.startsWith('[') && dots !== 1 ? bracketOf(after) : undefined;
    if (bracket !== undefined) segments.push({ descend: dots === 2, selectors: parseBracket(bracket.slice(1, -1)) });
    else if (name !== undefined && dots > 0)
      segments.push({ descend: dots === 2, selectors: [name === '*' ? 'all' : { name }] });
    else
      throw rangeFault(
        `This JSONPath is not valid from character ${path.length - rest.length + 1} on; filters are not available.`,
      );
    rest = after.slice((bracket ?? name ?? '').length);
  }
  return segments;
}

/** The text up to the bracket's end; brackets inside quotes do not count. */
function bracketOf(text: string): string | undefined {
  let quote = '';
  for (let index = 1; index < text.length; index++) {
    const character = text[index] as string;
    if (character === '\\') index++;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === "'" || character === '"') quote = character;
    else if (character === ']') return text.slice(0, index + 1);
  }
  return undefined;
}

function parseBracket(text: string): Selector[] {
  const parts = text.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^,]+/g) ?? [];
  if (parts.length === 0) throw rangeFault('A pair of brackets in this JSONPath is empty.');
  return parts.map((part) => parseSelector(part.trim()));
}

function parseSelector(text: string): Selector {
  if (text === '*') return 'all';
  if (/^['"]/.test(text)) return { name: text.slice(1, -1).replace(/\\(.)/g, '$1') };
  if (/^-?\d+$/.test(text)) return { index: Number(text) };
  const slice = /^(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?)?$/.exec(text);
  if (slice === null)
    throw rangeFault('Filters and scripts are not available in a JSONPath; use filter(...) on its result.');
  const [start, end, step] = slice.slice(1).map((number) => (number === undefined ? undefined : Number(number)));
  return { slice: [start, end, step] };
}

function select(rt: Runtime, source: unknown, selector: Selector): unknown[] {
  rt.list(1);
  if (typeof source !== 'object' || source === null) return [];
  if (selector === 'all') {
    const values = Object.values(source);
    rt.list(values.length);
    return values;
  }
  if ('name' in selector) {
    const own = !Array.isArray(source) && Object.hasOwn(source, selector.name);
    return own ? [(source as Record<string, unknown>)[selector.name]] : [];
  }
  if (!Array.isArray(source)) return [];
  if ('index' in selector) {
    const index = selector.index < 0 ? source.length + selector.index : selector.index;
    return index >= 0 && index < source.length ? [source[index]] : [];
  }
  return sliced(rt, source, selector.slice);
}

function sliced(rt: Runtime, list: unknown[], [start, end, step = 1]: [number?, number?, number?]): unknown[] {
  if (step === 0) return [];
  rt.list(list.length);
  const clamp = (index: number, low: number, high: number): number =>
    Math.min(Math.max(index < 0 ? list.length + index : index, low), high);
  const result: unknown[] = [];
  if (step > 0) {
    const last = clamp(end ?? list.length, 0, list.length);
    for (let index = clamp(start ?? 0, 0, list.length); index < last; index += step) result.push(list[index]);
    return result;
  }
  const last = end === undefined ? -1 : clamp(end, -1, list.length - 1);
  for (let index = clamp(start ?? list.length - 1, -1, list.length - 1); index > last; index += step)
    result.push(list[index]);
  return result;
}

function withDescendants(rt: Runtime, value: unknown, depth: number): unknown[] {
  rt.list(1);
  if (depth > RESULT_LIMITS.depth) throw typeFault('jsonPath: the value is nested too deeply.');
  if (typeof value !== 'object' || value === null) return [value];
  const result: unknown[] = [value];
  for (const child of Object.values(value))
    for (const found of withDescendants(rt, child, depth + 1)) result.push(found);
  rt.work(result.length);
  return result;
}
