import { typeFault } from '../expression.errors.js';
import { Pattern } from '../regexp/pattern.js';
import { toNumber, toText } from '../runtime/coercion.js';
import type { Runtime } from '../runtime/runtime.js';
import { Sequence } from '../runtime/sequence.js';
import type { MethodTable } from './method.js';
import { method } from './method.js';
import { matchArray } from './pattern-methods.js';
import { replaceText } from './replace-text.js';

function pattern(value: unknown, name: string): Pattern {
  if (value instanceof Pattern) return value;
  throw typeFault(`${name} needs a regular expression such as /a+/; text is searched with includes or indexOf.`);
}

const MAX_PARTS = 2 ** 32 - 1;

function splitText(rt: Runtime, text: string, separator: unknown, limit: unknown): unknown[] {
  const most = limit === undefined ? MAX_PARTS : toNumber(rt, limit) >>> 0;
  const parts = separator instanceof Pattern ? splitByPattern(rt, text, separator, most) : undefined;
  if (parts !== undefined) return parts;
  const wanted = toText(rt, separator);
  if (most === 0) return [];
  if (separator === undefined) return [text];
  if (wanted === '') {
    rt.list(Math.min(text.length, most));
    return text.split('', most);
  }
  const result: string[] = [];
  let position = 0;
  for (let found = text.indexOf(wanted); found !== -1; found = text.indexOf(wanted, position)) {
    addPart(rt, result, text.slice(position, found));
    if (result.length === most) return result;
    position = found + wanted.length;
  }
  addPart(rt, result, text.slice(position));
  return result;
}

function addPart(rt: Runtime, parts: unknown[], part: string | undefined): void {
  rt.list(1);
  if (part !== undefined) rt.charge(part.length);
  parts.push(part);
}

function splitByPattern(rt: Runtime, text: string, separator: Pattern, most: number): unknown[] {
  const parts: unknown[] = [];
  if (most === 0) return parts;
  const search = separator.searcher(rt, text);
  if (text === '') return search(0, true) === undefined ? [text] : parts;
  let position = 0;
  for (let from = 0; from < text.length;) {
    const match = search(from);
    if (match === undefined || match.start >= text.length) break;
    if (match.end === position) {
      from = nextStart(text, match.start, separator.isUnicode());
      continue;
    }
    addPart(rt, parts, text.slice(position, match.start));
    if (parts.length === most) return parts;
    for (const group of match.texts.slice(1)) {
      addPart(rt, parts, group);
      if (parts.length === most) return parts;
    }
    position = match.end;
    from = position;
  }
  addPart(rt, parts, text.slice(position));
  return parts;
}

function nextStart(text: string, position: number, unicode: boolean): number {
  return unicode && (text.codePointAt(position) ?? 0) > 0xffff ? position + 2 : position + 1;
}

/** Methods of strings that take a regular expression or text. */
export const stringPatternMethods: MethodTable<string> = {
  split: method('split(separator?, limit?): array', 'The parts between separators.', (rt, self, [separator, limit]) =>
    splitText(rt, self, separator, limit),
  ),
  match: method(
    'match(regexp): array',
    'The first match with its groups, all matches with the flag g, or null.',
    (rt, self, [regexp]) => {
      const searched = pattern(regexp, 'match');
      const matches = searched.matches(rt, self);
      const [first] = matches;
      if (first === undefined) return null;
      return searched.isGlobal() ? matches.map(({ texts }) => texts[0]) : matchArray(searched, first, self);
    },
  ),
  matchAll: method(
    'matchAll(regexp): sequence',
    'All matches with their groups, to be spread.',
    (rt, self, [regexp]) => {
      const searched = pattern(regexp, 'matchAll');
      if (!searched.isGlobal()) throw typeFault('matchAll needs a regular expression with the flag g.');
      return new Sequence(searched.matches(rt, self).map((match) => matchArray(searched, match, self)));
    },
  ),
  search: method('search(regexp): number', 'Where the first match starts, or -1.', (rt, self, [regexp]) => {
    const searched = pattern(regexp, 'search');
    return searched.searcher(rt, self)(0, searched.isSticky())?.start ?? -1;
  }),
  replace: method(
    'replace(searched, replacement): string',
    'With the first match replaced, or all with the flag g.',
    (rt, self, parameters) => replaceText(rt, self, parameters, false),
  ),
  replaceAll: method(
    'replaceAll(searched, replacement): string',
    'With every occurrence replaced.',
    (rt, self, parameters) => replaceText(rt, self, parameters, true),
  ),
};
