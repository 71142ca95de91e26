import { describe, expect, it } from '@jest/globals';
import type { Delivery } from './delivery.js';
import { DispatchQueue } from './dispatch-queue.js';

const delivery = (path: string, priority = 5, organizationId = 'a'): Delivery =>
  ({
    state: 'queued',
    ref: { path },
    effect: { priority },
    run: { identity: { organizationId } },
  }) as unknown as Delivery;
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

  it('lets organizations take turns, however much one of them has sent', () => {
    const queue = new DispatchQueue('default', 'noop');
    for (let index = 0; index < 3_000; index++) queue.push(delivery(`a${index}`, 5, 'a'));
    for (const path of ['b0', 'b1']) queue.push(delivery(path, 5, 'b'));
    queue.push(delivery('c0', 5, 'c'));
    const order = drain(queue);
    expect(order.slice(0, 7)).toEqual(['a0', 'b0', 'c0', 'a1', 'b1', 'a2', 'a3']);
    expect(order.slice(5)).toEqual(Array.from({ length: 2_998 }, (_, index) => `a${index + 2}`));
  });

  it('serves a low priority now and then, however much of a higher one comes', () => {
    const queue = new DispatchQueue('default', 'noop');
    queue.push(delivery('low', 0));
    const order: string[] = [];
    for (let index = 0; index < 50; index++) {
      queue.push(delivery(`high${index}`, 9));
      order.push(queue.shift()?.ref.path ?? '');
    }
    expect(order.indexOf('low')).toBe(20);
    expect(queue.length).toBe(1);
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
