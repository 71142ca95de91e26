import type { Pattern } from '../regexp/pattern.js';
import type { MethodTable } from './method.js';
import { method } from './method.js';

/** All methods of regular expressions. */
export const patternMethods: MethodTable<Pattern> = {
  toString: method<Pattern>('toString(): string', 'Its text between slashes, with its flags.', (_rt, self) =>
    self.toString(),
  ),
};
