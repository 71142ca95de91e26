import { ANNOUNCE_INTERVAL_MS, TASK_SUBJECTS, type TaskRef, type WorkerAnnouncement } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import { refOf } from './read-messages.js';

/** What the announcer reads at every announcement. */
export interface WorkerState {
  free(): number;
  draining(): boolean;
  /** Every task that runs or whose result is not acknowledged. */
  tasks(): Iterable<{ owner: string; ref: TaskRef }>;
}

/** Changes are told at once, but not more often than this. */
const MIN_GAP_MS = 25;
/** An announcement stays well below what a NATS message may hold. */
const MAX_CHARACTERS = 40_000;

/** Tells the owners of runs twice a second, and when it matters, what this worker does and could take on. */
export class WorkerAnnouncer {
  private readonly timer: NodeJS.Timeout;
  private soon: NodeJS.Timeout | null = null;
  private told = { free: -1, at: 0 };

  constructor(
    private readonly bus: Bus,
    private readonly worker: Pick<WorkerAnnouncement, 'worker' | 'pool' | 'types' | 'capacity'>,
    private readonly state: WorkerState,
  ) {
    this.timer = setInterval(() => this.announce(), ANNOUNCE_INTERVAL_MS);
  }

  /** Call whenever the free capacity may have changed; tells it soon if the change is big. */
  capacityChanged(): void {
    const free = this.state.free();
    const big = Math.abs(free - this.told.free) * 4 >= this.worker.capacity;
    if (!big && (free === 0) === (this.told.free === 0)) return;
    const wait = MIN_GAP_MS - (Date.now() - this.told.at);
    this.soon ??= setTimeout(() => this.announce(), Math.max(0, wait));
  }

  announce(): void {
    if (this.soon) clearTimeout(this.soon);
    this.soon = null;
    if (!this.bus.connected) return;
    const free = this.state.free();
    this.told = { free, at: Date.now() };
    const head = {
      ...this.worker,
      addressed: true as const,
      free,
      ...(this.state.draining() && { draining: true as const }),
    };
    let continued = false;
    for (const running of this.chunks()) {
      this.bus.publish(TASK_SUBJECTS.announce, { ...head, running, ...(continued && { continued }) });
      continued = true;
    }
  }

  close(): void {
    clearInterval(this.timer);
    if (this.soon) clearTimeout(this.soon);
  }

  /** Many tasks are told in several messages. */
  private *chunks(): Iterable<WorkerAnnouncement['running']> {
    let chunk: WorkerAnnouncement['running'] = {};
    let characters = 0;
    for (const { owner, ref } of this.state.tasks()) {
      const size = ref.path.length + 120;
      if (characters + size > MAX_CHARACTERS) {
        yield chunk;
        chunk = {};
        characters = 0;
      }
      (chunk[owner] ??= []).push(refOf(ref));
      characters += size;
    }
    yield chunk;
  }
}
