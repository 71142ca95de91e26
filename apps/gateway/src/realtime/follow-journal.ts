import { AppError, isTerminal, type JournalEntry } from '@rpa/contracts';
import type { LiveReader } from './live-reader.js';
import type { WatchedJournals } from './watched-journals.js';

const RETRY_MS = 1_000;

export interface JournalPart {
  entries: JournalEntry[];
  /** There will be no more. */
  complete: boolean;
}

/**
 * The journal of an execution from a `seq` on, as it grows, to its end. Yields null when nothing has come for
 * `quietMs`. Reads on only when what it gave was taken, so a slow viewer costs no memory.
 */
export async function* followExecution(
  sources: { reader: LiveReader; journals: WatchedJournals },
  where: { organizationId: string; executionId: string; after: number; quietMs: number; signal: AbortSignal },
): AsyncGenerator<JournalPart | null> {
  const { organizationId, executionId, quietMs, signal } = where;
  const bell = new Bell(signal);
  const unwatch = sources.journals.watch(organizationId, executionId, () => bell.ring());
  try {
    for (let after = where.after; !signal.aborted;) {
      const part = await read(sources.reader, organizationId, executionId, after);
      if (part && part.entries.length > 0) {
        after = part.entries.at(-1)?.seq ?? after;
        yield part;
      }
      if (part?.complete) return;
      if (part && part.entries.length > 0) continue;
      if (!(await bell.wait(part ? quietMs : RETRY_MS)) && part && !signal.aborted) yield null;
    }
  } finally {
    unwatch();
  }
}

/** Null when it cannot be read for now. */
async function read(
  reader: LiveReader,
  organizationId: string,
  id: string,
  after: number,
): Promise<JournalPart | null> {
  try {
    const { data, status, complete } = await reader.journal(organizationId, id, after);
    return { entries: data, complete: complete && isTerminal(status) };
  } catch (error) {
    // It was deleted meanwhile: there is nothing more to come.
    if (AppError.is(error) && error.code === 'not_found') return { entries: [], complete: true };
    return null;
  }
}

/** Wakes the one who waits; rung while nobody waits, the next wait ends at once. */
class Bell {
  private rung = false;
  private wake: (() => void) | null = null;

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', () => this.ring(), { once: true });
  }

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** True when it was rung in time. */
  wait(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wake = null;
        const rung = this.rung;
        this.rung = false;
        resolve(rung);
      };
      const timer = setTimeout(done, ms);
      this.wake = done;
      if (this.rung || this.signal.aborted) done();
    });
  }
}
