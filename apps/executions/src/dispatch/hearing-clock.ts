const MAX_STEP_MS = 300;

/**
 * Counts only the time in which announcements could have been heard: connected to NATS and with a main loop that turns.
 * Silence outside of it says nothing about a worker.
 */
export class HearingClock {
  private total = 0;
  private last = performance.now();

  constructor(private readonly connected: () => boolean) {}

  get now(): number {
    return this.total;
  }

  advance(): number {
    const now = performance.now();
    if (this.connected()) this.total += Math.min(now - this.last, MAX_STEP_MS);
    this.last = now;
    return this.total;
  }
}
