import type { Logger } from '@rpa/platform';
import type { PoolClient } from 'pg';
import type { ChangesRepository } from '../stream/changes.repository.js';
import type { Batch, CountsRepository } from './counts.repository.js';
import { costsOf } from './step-costs.js';

const EVERY_MS = 1_000;
const HOUR_MS = 3_600_000;
const ORGANIZATIONS_AT_ONCE = 200;
const RUNS_AT_ONCE = 5_000;
/** Runs of a batch whose journals are read for what their steps cost. */
const SAMPLED = 50;
/** Between batches, so that counting what has piled up leaves room for the runs of now. */
const PAUSE_MS = 5;
const HOURS_FOR = '100 days';

/** Counts ended runs into the aggregates, in batches beside the commits; several replicas share the organizations. */
export class CountRuns {
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  private running: Promise<void> = Promise.resolve();
  private forgottenAt = Date.now();

  constructor(
    private readonly counts: CountsRepository,
    private readonly changes: ChangesRepository,
    private readonly logger: Logger,
    private readonly onCounted: (batch: Batch) => Promise<void> = () => Promise.resolve(),
  ) {}

  start(): void {
    this.timer = setTimeout(
      () => {
        this.running = this.round();
      },
      EVERY_MS * (0.75 + Math.random() / 2),
    ).unref();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running;
  }

  private async round(): Promise<void> {
    try {
      await this.execute();
      if (Date.now() - this.forgottenAt > HOUR_MS) {
        this.forgottenAt = Date.now();
        await this.counts.forgetHours(HOURS_FOR);
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'Ended runs could not be counted; it is tried again');
    }
    if (!this.stopped) this.start();
  }

  /** Counts what there is. */
  async execute(): Promise<void> {
    const until = await this.changes.settledUntil();
    for (const organizationId of await this.counts.behind(until, ORGANIZATIONS_AT_ONCE)) {
      let size: number | null;
      do {
        if (this.stopped) return;
        let counted: Batch | null = null;
        size = await this.counts.count(organizationId, until, RUNS_AT_ONCE, async (client, batch) => {
          await this.add(client, batch);
          counted = batch;
        });
        if (counted) await this.onCounted(counted);
        if (size === RUNS_AT_ONCE) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      } while (size === RUNS_AT_ONCE);
    }
  }

  private async add(client: PoolClient, batch: Batch): Promise<void> {
    await this.counts.addRuns(client, batch);
    const sample = await this.counts.sample(client, batch, SAMPLED);
    const costs = sample.flatMap(({ workflowId, day, records }) =>
      costsOf(records).map((cost) => ({ ...cost, workflowId, day })),
    );
    await this.counts.addSteps(client, batch.organizationId, costs);
  }
}
