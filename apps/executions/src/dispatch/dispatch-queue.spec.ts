import { describe, expect, it } from '@jest/globals';
import type { Delivery } from './delivery.js';
import { DispatchQueue } from './dispatch-queue.js';

const delivery = (path: string, priority = 5): Delivery =>
  ({ state: 'queued', ref: { path }, effect: { priority } }) as unknown as Delivery;
const drain = (queue: DispatchQueue): string[] => {
  const paths: string[] = [];
  for (let next = queue.shift(); next; next = queue.shift()) paths.push(next.ref.path);
  return paths;
};

describe('DispatchQueue', () => {
  it('gives higher priorities first, and within one the order in which they came', () => {
    const queue = new DispatchQueue('default', 'noop');
    for (const [path, priority] of [
      ['a', 5],
      ['b', 9],
      ['c', 5],
      ['d', 0],
      ['e', 9],
      ['f', 99],
    ] as const)
      queue.push(delivery(path, priority));
    expect(drain(queue)).toEqual(['b', 'e', 'f', 'a', 'c', 'd']);
    expect(queue.length).toBe(0);
  });

  it('leaves out what was closed while it waited', () => {
    const queue = new DispatchQueue('default', 'noop');
    const closed = delivery('a');
    queue.push(closed);
    queue.push(delivery('b'));
    closed.state = 'closed';
    expect(drain(queue)).toEqual(['b']);
  });

  it('keeps its order over thousands', () => {
    const queue = new DispatchQueue('default', 'noop');
    const seen: string[] = [];
    for (let index = 0; index < 5_000; index++) {
      queue.push(delivery(String(index)));
      if (index % 2) seen.push(queue.shift()?.ref.path ?? '');
    }
    expect([...seen, ...drain(queue)]).toEqual(Array.from({ length: 5_000 }, (_, index) => String(index)));
  });

  it('sends no more than workers took, after one had no room, until there is room again', () => {
    const queue = new DispatchQueue('default', 'noop');
    queue.inFlight = 10;
    expect(queue.room(50)).toBe(40);
    queue.inFlight = 8;
    queue.refused();
    expect(queue.room(50)).toBe(0);
    queue.inFlight = 7;
    expect(queue.room(50)).toBe(1);
    queue.widen(20);
    expect(queue.room(50)).toBe(20);
    expect(queue.room(10)).toBe(3);
  });
});
