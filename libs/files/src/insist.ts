import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@rpa/contracts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Codes of what may have passed by the next try. */
const PASSING = new Set(['unavailable', 'overloaded', 'timeout', 'rate_limited']);

/** Repeats what failed for a reason that passes, with growing pauses, as long as somebody wants it; else throws the reason. */
export async function insist<T>(isWanted: () => boolean, work: () => Promise<T>): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS))
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || !isWanted()) throw error;
      await sleep(pause * (0.75 + Math.random() / 2));
    }
}

/** Whether another try may succeed. */
export function isPassing(error: unknown): boolean {
  return AppError.is(error) && PASSING.has(error.code);
}
