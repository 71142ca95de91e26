import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { KeepTimers } from './keep-timers.js';
import type { LiveRun } from './live-run.js';

const seen: string[] = [];
let caughtUp: () => void;
let timers: KeepTimers;
const run = { timers: new Map(), dropped: false } as unknown as LiveRun;
const set = (timer: string) => timers.note(run, [{ type: 'set_timer', timer, dueAt: Date.now() + 100 }]);

beforeEach(() => {
  jest.useFakeTimers({ now: 1_700_000_000_000 });
  seen.length = 0;
  timers = new KeepTimers(
    (_run, timer) => seen.push(timer),
    () => new Promise((resolve) => (caughtUp = resolve)),
  );
});
afterEach(() => {
  timers.stop();
  jest.useRealTimers();
});

it('lets a run see what was decided before an approval expires', async () => {
  set('approval:ask:1');
  set('delay:nap:1');
  await jest.advanceTimersByTimeAsync(500);
  expect(seen).toEqual(['delay:nap:1']);
  caughtUp();
  await jest.advanceTimersByTimeAsync(1);
  expect(seen).toEqual(['delay:nap:1', 'approval:ask:1']);
});

it('does not let it expire when it was decided', async () => {
  set('approval:ask:1');
  await jest.advanceTimersByTimeAsync(500);
  timers.note(run, [{ type: 'clear_timer', timer: 'approval:ask:1' }]);
  caughtUp();
  await jest.advanceTimersByTimeAsync(500);
  expect(seen).toEqual([]);
});
