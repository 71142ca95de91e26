import { appendLogs, type LogBatch, type StepTask } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import type { HostIdentity, HostLogger } from './host-options.js';
import type { Mask } from './mask-secrets.js';
import type { StepLogs } from './step-logs.js';

/** What a step writes in its last second comes with its result: short steps cost no message of their own. */
const EVERY_MS = 1_000;
const BATCHES_IN_MESSAGE = 100;

interface Tracked {
  task: StepTask;
  logs: StepLogs;
  mask: () => Mask;
}

/** Hands over what steps write while they still run, for all of a worker together. */
export class ShipLogs {
  private readonly tracked = new Set<Tracked>();
  private readonly timer: NodeJS.Timeout;
  private shipping = false;

  constructor(private readonly means: { bus: Bus; identity: HostIdentity; logger: HostLogger }) {
    this.timer = setInterval(() => void this.ship(), EVERY_MS).unref();
  }

  /** Follows one attempt until the returned function is called. */
  track(task: StepTask, logs: StepLogs, mask: () => Mask): () => void {
    const entry = { task, logs, mask };
    this.tracked.add(entry);
    return () => this.tracked.delete(entry);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async ship(): Promise<void> {
    if (this.shipping || !this.means.bus.connected) return;
    this.shipping = true;
    try {
      const written = [...this.tracked].filter(({ logs }) => logs.hasLines);
      for (let from = 0; from < written.length; from += BATCHES_IN_MESSAGE)
        await this.send(written.slice(from, from + BATCHES_IN_MESSAGE));
    } finally {
      this.shipping = false;
    }
  }

  private async send(written: readonly Tracked[]): Promise<void> {
    const taken = written.map(({ task, logs, mask }): LogBatch & { logs: StepLogs } => {
      const { executionId, organizationId, path, attempt } = task;
      return { executionId, organizationId, path, attempt, logs, lines: logs.take(mask()) };
    });
    try {
      const principal = await this.means.identity.serviceToken();
      const batches = taken.map(({ logs: _, ...batch }): LogBatch => batch);
      await this.means.bus.request(appendLogs, { batches }, { principal, timeoutMs: 5_000 });
    } catch (error) {
      // They go with the next message or with the result.
      for (const { logs, lines } of taken) logs.giveBack(lines);
      this.means.logger.debug({ err: error }, 'What steps wrote could not be handed over yet');
    }
  }
}
