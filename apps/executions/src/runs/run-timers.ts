const SLOT_MS = 50;
const NEAR_MS = 60_000;
const LOOK_FAR_MS = 10_000;
const MAX_SLOTS_A_TICK = 1_000;

export interface TimerEntry {
  dueAt: number;
  /** Also called for an entry that was removed on the last moment: it has to check whether it is still wanted. */
  fire(): void;
}

/** Timers of the runs in memory. Setting and clearing cost the same however many there are. */
export class RunTimers {
  private readonly slots = new Map<number, Set<TimerEntry>>();
  private readonly far = new Set<TimerEntry>();
  private readonly ticking: NodeJS.Timeout;
  private nextSlot = slotOf(Date.now());
  private lookedFarAt = Date.now();

  constructor() {
    this.ticking = setInterval(() => this.tick(Date.now()), SLOT_MS).unref();
  }

  add(entry: TimerEntry): void {
    if (entry.dueAt - Date.now() > NEAR_MS) {
      this.far.add(entry);
      return;
    }
    const slot = Math.max(this.nextSlot, slotOf(entry.dueAt));
    const entries = this.slots.get(slot);
    if (entries) entries.add(entry);
    else this.slots.set(slot, new Set([entry]));
  }

  remove(entry: TimerEntry): void {
    if (!this.far.delete(entry)) this.slots.get(slotOf(entry.dueAt))?.delete(entry);
  }

  stop(): void {
    clearInterval(this.ticking);
  }

  private tick(now: number): void {
    if (Math.abs(now - this.lookedFarAt) > LOOK_FAR_MS) {
      this.lookedFarAt = now;
      for (const entry of this.far)
        if (entry.dueAt - now <= NEAR_MS) {
          this.far.delete(entry);
          this.add(entry);
        }
    }
    // A slot is done when its whole time has passed: nothing fires early.
    const last = slotOf(now) - 1;
    if (this.nextSlot > last + 2 || last - this.nextSlot > MAX_SLOTS_A_TICK) this.jump(last);
    for (; this.nextSlot <= last; this.nextSlot++) this.fire(this.nextSlot);
  }

  /** The clock was set, or the machine slept: only slots that hold something are looked at. */
  private jump(last: number): void {
    const due = [...this.slots.keys()].filter((slot) => slot <= last).sort((a, b) => a - b);
    for (const slot of due) this.fire(slot);
    this.nextSlot = last + 1;
  }

  private fire(slot: number): void {
    const due = this.slots.get(slot);
    this.slots.delete(slot);
    for (const entry of due ?? []) entry.fire();
  }
}

function slotOf(at: number): number {
  return Math.floor(at / SLOT_MS);
}
