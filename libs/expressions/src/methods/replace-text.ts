import { typeFault } from '../expression.errors.js';
import type { Match } from '../regexp/pattern.js';
import { Pattern } from '../regexp/pattern.js';
import { Callable } from '../runtime/callable.js';
import { toText } from '../runtime/coercion.js';
import type { Runtime } from '../runtime/runtime.js';

type Groups = Record<string, string | undefined> | undefined;
type Replacer = (match: Match, groups: Groups) => string;

/** `text.replace(...)` and `text.replaceAll(...)`. */
export function replaceText(rt: Runtime, text: string, parameters: unknown[], all: boolean): string {
  const [searched, replacement] = parameters;
  if (searched instanceof Pattern) {
    if (all && !searched.isGlobal()) throw typeFault('replaceAll needs a regular expression with the flag g.');
    const matches = searched.matches(rt, text);
    return replaceMatches(rt, text, matches, replacer(rt, text, replacement), (match) => searched.namedGroups(match));
  }
  const wanted = toText(rt, searched);
  return replaceMatches(rt, text, occurrences(rt, text, wanted, all), replacer(rt, text, replacement), () => undefined);
}

function occurrences(rt: Runtime, text: string, wanted: string, all: boolean): Match[] {
  const matches: Match[] = [];
  const step = Math.max(wanted.length, 1);
  for (let start = text.indexOf(wanted); start !== -1; start = text.indexOf(wanted, start + step)) {
    rt.list(4);
    matches.push({ start, end: start + wanted.length, texts: [wanted] });
    if (!all || start + step > text.length) break;
  }
  rt.work(text.length >> 4);
  return matches;
}

function replacer(rt: Runtime, text: string, replacement: unknown): Replacer {
  if (replacement instanceof Callable) {
    return (match, groups) => {
      const parameters = [...match.texts, match.start, text];
      return toText(rt, replacement.apply(rt, groups === undefined ? parameters : [...parameters, groups]));
    };
  }
  const pattern = toText(rt, replacement);
  if (!pattern.includes('$')) return () => pattern;
  return (match, groups) => expandReplacement(rt, text, pattern, match, groups);
}

function replaceMatches(
  rt: Runtime,
  text: string,
  matches: Match[],
  replace: Replacer,
  groupsOf: (match: Match) => Groups,
): string {
  let result = '';
  let position = 0;
  for (const match of matches) {
    const piece = text.slice(position, match.start) + replace(match, groupsOf(match));
    rt.charge(piece.length);
    rt.work(1);
    result += piece;
    position = match.end;
  }
  return result + rt.text(text.slice(position));
}

/** `$&`, `$1`, `$<name>` and their kin. */
function expandReplacement(rt: Runtime, text: string, pattern: string, match: Match, groups: Groups): string {
  const count = match.texts.length - 1;
  let result = '';
  for (let index = 0; index < pattern.length;) {
    const [piece, length] = expandAt(text, pattern, index, match, groups, count);
    rt.charge(piece.length);
    result += piece;
    index += length;
  }
  return result;
}

/** What stands for the pattern's text at an index, and how much of it that is. */
function expandAt(
  text: string,
  pattern: string,
  index: number,
  match: Match,
  groups: Groups,
  count: number,
): [piece: string, length: number] {
  if (pattern[index] !== '$') {
    const next = pattern.indexOf('$', index);
    const end = next === -1 ? pattern.length : next;
    return [pattern.slice(index, end), end - index];
  }
  switch (pattern[index + 1]) {
    case '$':
      return ['$', 2];
    case '&':
      return [match.texts[0] ?? '', 2];
    case '`':
      return [text.slice(0, match.start), 2];
    case "'":
      return [text.slice(match.end), 2];
    case '<': {
      const end = pattern.indexOf('>', index);
      if (groups === undefined || end === -1) return ['$<', 2];
      return [groups[pattern.slice(index + 2, end)] ?? '', end - index + 1];
    }
    default:
      return expandNumber(pattern, index, match, count);
  }
}

function expandNumber(pattern: string, index: number, match: Match, count: number): [piece: string, length: number] {
  for (const digits of [2, 1]) {
    const written = pattern.slice(index + 1, index + 1 + digits);
    if (!/^\d+$/.test(written) || written.length !== digits) continue;
    const number = Number(written);
    if (number >= 1 && number <= count) return [match.texts[number] ?? '', digits + 1];
  }
  return ['$', 1];
}
