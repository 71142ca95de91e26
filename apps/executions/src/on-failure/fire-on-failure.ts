import { AppError } from '@rpa/contracts';
import type { Logger } from '@rpa/platform';
import { Rounds } from '../rounds/rounds.js';
import type { StartRun } from '../start/start-run.js';
import { ON_FAILURE } from './on-failure-row.js';
import type { OnFailureStart, OnFailureStartsRepository } from './on-failure-starts.repository.js';

const EVERY_MS = 1_000;
const BATCH = 20;
/** A start that nobody answers is tried again by whoever comes first. */
const AGAIN_IN_MS = 10_000;
const MAX_DELAY_MS = 300_000;
/** Its workflow may be published meanwhile; start keys are remembered for longer than this. */
const GIVE_UP_AFTER_MS = 48 * 3_600_000;

/**
 * Starts the workflow of `settings.onFailure` for runs that ended badly or need a decision: once for each, whoever dies
 * meanwhile, since the row came with the end and the key makes a repeat find the same run.
 */
export class FireOnFailure {
  private readonly rounds: Rounds;

  constructor(
    private readonly starts: OnFailureStartsRepository,
    private readonly start: StartRun,
    private readonly logger: Logger,
  ) {
    this.rounds = new Rounds(EVERY_MS, () => this.round(), logger, 'on failure');
  }

  begin(): void {
    this.rounds.start();
  }

  wake(): void {
    this.rounds.wake();
  }

  stop(): Promise<void> {
    return this.rounds.stop();
  }

  private async round(): Promise<boolean> {
    const due = await this.starts.take(BATCH, AGAIN_IN_MS);
    await Promise.all(due.map((each) => this.fire(each)));
    return due.length === BATCH;
  }

  private async fire(due: OnFailureStart): Promise<void> {
    const { organizationId, executionId, seq, workflowKey, inputs, traceparent } = due;
    try {
      await this.start.execute({
        organizationId,
        workflow: { workflowKey },
        inputs,
        trigger: { type: ON_FAILURE, id: executionId, payload: inputs },
        dedupe: { source: ON_FAILURE, key: `${executionId}:${seq}`, fingerprint: null },
        waitReply: null,
        traceparent,
        parent: null,
        depth: 0,
      });
      await this.starts.done(due);
    } catch (error) {
      await this.failed(due, error);
    }
  }

  private async failed(due: OnFailureStart, error: unknown): Promise<void> {
    const { executionId, workflowKey, tries, createdAt } = due;
    const about = { err: error, executionId, workflowKey };
    if (
      Date.now() - createdAt.getTime() > GIVE_UP_AFTER_MS ||
      (AppError.is(error) && (error.code === 'inputs_invalid' || error.code === 'start_skipped'))
    ) {
      this.logger.error(about, 'The workflow for a bad end cannot be started; it is given up');
      return this.starts.done(due);
    }
    this.logger.warn(about, 'The workflow for a bad end could not be started yet');
    await this.starts.delay(due, Math.min(MAX_DELAY_MS, 1_000 * 2 ** Math.min(tries, 10)));
  }
}
