import type { Match, Pattern } from '../regexp/pattern.js';
import { toText } from '../runtime/coercion.js';
import type { MethodTable } from './method.js';
import { method } from './method.js';

/** The array that `exec` and `match` give: texts, with index, input and groups as properties. */
export function matchArray(pattern: Pattern, match: Match, input: string): unknown[] {
  const groups = pattern.namedGroups(match);
  return Object.assign([...match.texts], { index: match.start, input, groups });
}

/** All methods of regular expressions. */
export const patternMethods: MethodTable<Pattern> = {
  test: method('test(text): boolean', 'Whether it matches anywhere in the text.', (rt, self, [text]) =>
    self.test(rt, toText(rt, text)),
  ),
  exec: method('exec(text): array', 'The first match and its groups, or null.', (rt, self, [text]) => {
    const input = toText(rt, text);
    const match = self.next(rt, input);
    return match === undefined ? null : matchArray(self, match, input);
  }),
  toString: method<Pattern>('toString(): string', 'Its text between slashes, with its flags.', (_rt, self) =>
    self.toString(),
  ),
};
