import { Worker } from 'node:worker_threads';

const BEATS_PER_LEASE = 5;
const TICK_MS = 50;

export interface HeartbeatOptions {
  url: string;
  leaseId: string;
  leaseMs: number;
  onLost: () => void;
}

/** Keeps one lease alive for as long as this process can really drive its runs. */
export class Heartbeat {
  private readonly tick = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  private readonly thread: Worker;
  private readonly ticking: NodeJS.Timeout;
  private readonly ended: Promise<void>;
  /** Resolves when the first beat has been written; only what is lost after that is told to `onLost`. */
  readonly begun: Promise<void>;

  constructor(options: HeartbeatOptions) {
    const ticks = new Int32Array(this.tick);
    this.ticking = setInterval(() => Atomics.add(ticks, 0, 1), TICK_MS).unref();
    this.thread = new Worker(new URL('./heartbeat-thread.js', import.meta.url), {
      name: 'lease',
      resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 },
      workerData: {
        url: options.url,
        leaseId: options.leaseId,
        leaseMs: options.leaseMs,
        beatMs: options.leaseMs / BEATS_PER_LEASE,
        silentAfterMs: options.leaseMs / 2,
        tick: this.tick,
      },
    });
    this.ended = new Promise((resolve) => this.thread.once('exit', () => resolve()));
    this.begun = new Promise((resolve, reject) => {
      let begun = false;
      const lose = (error: Error): void => (begun ? options.onLost() : reject(error));
      this.thread.on('message', (message: 'begun' | 'lost') => {
        if (message === 'lost') return lose(new Error('The lease was gone before its first heartbeat.'));
        begun = true;
        resolve();
      });
      this.thread.once('error', lose);
    });
  }

  async stop(): Promise<void> {
    clearInterval(this.ticking);
    this.thread.removeAllListeners('message');
    this.thread.removeAllListeners('error');
    this.thread.on('error', () => undefined);
    this.thread.postMessage('stop');
    await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
    await this.thread.terminate();
  }
}
