import { rangeFault } from '../expression.errors.js';
import type { MethodTable } from './method.js';
import { method } from './method.js';

/** All methods of dates. The time zone is always UTC. */
export const dateMethods: MethodTable<Date> = {
  getTime: method('getTime(): number', 'Milliseconds since 1970.', (_rt, self) => self.getTime()),
  toISOString: method('toISOString(): string', 'As 2026-03-29T01:30:00.000Z.', (_rt, self) => {
    if (Number.isNaN(self.getTime())) throw rangeFault('Invalid time value.');
    return self.toISOString();
  }),
};
