import type { Effect } from '@rpa/engine';
import type { LiveRun } from './live-run.js';
import { RunTimers, type TimerEntry } from './run-timers.js';

/** Sets and clears the timers of runs in memory as their effects say. */
export class KeepTimers {
  private readonly timers = new RunTimers();

  constructor(
    private readonly onFired: (run: LiveRun, timer: string, at: number) => void,
    /** Hands a run what lies in its inbox. */
    private readonly catchUp: (run: LiveRun) => Promise<void>,
  ) {}

  note(run: LiveRun, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === 'clear_timer') this.remove(run, effect.timer);
      if (effect.type === 'set_timer') this.set(run, effect.timer, effect.dueAt);
    }
  }

  clear(run: LiveRun): void {
    for (const timer of [...run.timers.keys()]) this.remove(run, timer);
  }

  stop(): void {
    this.timers.stop();
  }

  private set(run: LiveRun, timer: string, dueAt: number): void {
    this.remove(run, timer);
    const entry: TimerEntry = {
      dueAt,
      fire: () => {
        // What somebody decided in time counts, also while it only lies in the inbox.
        if (!timer.startsWith('approval:')) this.fired(run, timer, entry);
        else void this.catchUp(run).then(() => this.fired(run, timer, entry));
      },
    };
    run.timers.set(timer, entry);
    this.timers.add(entry);
  }

  private fired(run: LiveRun, timer: string, entry: TimerEntry): void {
    if (run.dropped || run.timers.get(timer) !== entry) return;
    run.timers.delete(timer);
    this.onFired(run, timer, Math.max(Date.now(), entry.dueAt));
  }

  private remove(run: LiveRun, timer: string): void {
    const entry = run.timers.get(timer);
    if (!entry) return;
    run.timers.delete(timer);
    this.timers.remove(entry);
  }
}
