import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RunTimers } from './run-timers.js';

let timers: RunTimers;
const fired: string[] = [];
const entry = (name: string, inMs: number) => ({ dueAt: Date.now() + inMs, fire: () => fired.push(name) });

beforeEach(() => {
  jest.useFakeTimers({ now: 1_700_000_000_000 });
  fired.length = 0;
  timers = new RunTimers();
});
afterEach(() => {
  timers.stop();
  jest.useRealTimers();
});

describe('RunTimers', () => {
  it('fires each once, in order, never early and at most two slots late', () => {
    for (const inMs of [500, 30, 10_000, 130]) timers.add(entry(String(inMs), inMs));
    jest.advanceTimersByTime(29);
    expect(fired).toEqual([]);
    jest.advanceTimersByTime(101);
    expect(fired).toEqual(['30']);
    jest.advanceTimersByTime(20_000);
    expect(fired).toEqual(['30', '130', '500', '10000']);
  });

  it('fires what is due already at the next turn', () => {
    timers.add(entry('past', -5_000));
    jest.advanceTimersByTime(150);
    expect(fired).toEqual(['past']);
  });

  it('keeps timers of years', () => {
    timers.add(entry('far', 40 * 86_400_000));
    jest.advanceTimersByTime(60_000);
    expect(fired).toEqual([]);
    jest.setSystemTime(Date.now() + 40 * 86_400_000);
    jest.advanceTimersByTime(11_000);
    expect(fired).toEqual(['far']);
  });

  it('goes on when the clock is set back', () => {
    jest.setSystemTime(Date.now() - 3_600_000);
    jest.advanceTimersByTime(100);
    timers.add(entry('soon', 100));
    jest.advanceTimersByTime(300);
    expect(fired).toEqual(['soon']);
  });

  it('forgets what was removed', () => {
    const [near, far] = [entry('near', 100), entry('far', 120_000)];
    timers.add(near);
    timers.add(far);
    timers.remove(near);
    timers.remove(far);
    jest.advanceTimersByTime(200_000);
    expect(fired).toEqual([]);
  });
});
