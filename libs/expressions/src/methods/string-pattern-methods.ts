import { optionalNumber, toText } from '../runtime/coercion.js';
import type { MethodTable } from './method.js';
import { method } from './method.js';

/** Methods of strings that take a regular expression or text. */
export const stringPatternMethods: MethodTable<string> = {
  split: method('split(separator?, limit?): array', 'The parts between separators.', (rt, self, [separator, limit]) => {
    if (separator === undefined) return [self];
    rt.list(self.length);
    return self.split(toText(rt, separator), optionalNumber(rt, limit));
  }),
};
