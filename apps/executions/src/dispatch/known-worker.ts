import type { WorkerAnnouncement } from '@rpa/contracts';

/** Two announcements did not come: it may be dead or stopped, and gets nothing new until it is heard again. */
const FRESH_MS = 1_200;

/** A worker as it has announced itself, and what this replica has with it. */
export class KnownWorker {
  pool = '';
  types: ReadonlySet<string> = new Set();
  /** Tasks that it says it has, whoever sent them, by {@link taskKey}. */
  running: ReadonlySet<string> = new Set();
  capacity = 0;
  addressed = false;
  heardAt = 0;
  /** One task of this replica is there that wants to be alone. */
  isReserved = false;
  private draining = false;
  private mine = 0;
  private others = 0;
  private isGone = false;

  constructor(readonly worker: string) {}

  hear(said: WorkerAnnouncement, running: ReadonlySet<string>, now: number): void {
    this.pool = said.pool;
    this.types = new Set(said.types);
    this.running = running;
    this.capacity = Math.max(0, Math.min(said.capacity, 10_000));
    this.addressed = said.addressed === true;
    this.draining = said.draining === true;
    this.heardAt = now;
    this.isGone = false;
    const free = typeof said.free === 'number' ? Math.max(0, said.free) : 0;
    this.others = Math.max(0, this.capacity - free - this.mine);
  }

  takes(pool: string, type: string, now: number): boolean {
    return (
      this.pool === pool && this.types.has(type) && !this.draining && !this.isGone && now - this.heardAt <= FRESH_MS
    );
  }

  /** How many more this replica may send it now. */
  get room(): number {
    return this.isReserved ? 0 : this.capacity - this.others - this.mine;
  }

  /** Nothing runs there as far as this replica knows. */
  get isIdle(): boolean {
    return this.mine === 0 && this.others === 0;
  }

  took(alone: boolean): void {
    this.mine++;
    if (alone) this.isReserved = true;
  }

  gave(alone: boolean): void {
    this.mine--;
    if (alone) this.isReserved = false;
  }

  /** It has no room: others fill it. Holds until it says how much is free, or gives something back. */
  refused(): void {
    this.others = Math.max(this.others, this.capacity - this.mine);
  }

  /** Nobody hears its subject; it announces itself when it is back. */
  gone(): void {
    this.isGone = true;
  }
}
