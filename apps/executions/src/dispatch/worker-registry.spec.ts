import { describe, expect, it } from '@jest/globals';
import { taskKey } from './delivery.js';
import { WorkerRegistry } from './worker-registry.js';

const ref = (path: string) => ({ executionId: 'e', path, attempt: 1, delivery: 1 });
const said = (paths: string[], more: object = {}) => ({
  worker: 'w',
  pool: 'default',
  types: ['noop'],
  capacity: 4,
  free: 1,
  running: { owner: paths.map(ref) },
  ...more,
});

describe('WorkerRegistry', () => {
  it('takes a list that comes in several messages as one, and the next list anew', () => {
    const registry = new WorkerRegistry({ now: 0 } as never);
    const holds = (path: string) => registry.holderOf(taskKey(ref(path)))?.worker ?? null;
    registry.hear(said(['a']));
    registry.hear(said(['b'], { continued: true }));
    expect([holds('a'), holds('b')]).toEqual(['w', 'w']);
    registry.hear(said(['c']));
    expect([holds('a'), holds('b'), holds('c')]).toEqual([null, null, 'w']);
  });
});
