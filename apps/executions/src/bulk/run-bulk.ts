import { AppError, type BulkFault } from '@rpa/contracts';
import { isDatabaseAway, toAppError, type Logger } from '@rpa/platform';
import type { CancelExecution } from '../control/cancel-execution.js';
import type { RerunExecution } from '../rerun/rerun-execution.js';
import { Rounds } from '../rounds/rounds.js';
import type { BatchResult, BulkOperationsRepository, StoredBulk } from './bulk-operations.repository.js';
import type { FindExecutions, FoundBatch } from './find-executions.js';

const EVERY_MS = 1_000;
/** Longer than a batch takes; after it another replica goes on. */
const CLAIM_MS = 30_000;
const LATER_MS = 2_000;
const AT_ONCE = 10;
/** There is no room now; the batch is done again. */
const PASSING = new Set(['unavailable', 'overloaded', 'timeout', 'rate_limited', 'quota_exceeded']);

type Outcome = 'succeeded' | 'skipped' | BulkFault;

/**
 * Carries out bulk operations, a batch at a time. After each the position is kept; a batch that is done twice, since a
 * replica died in between, changes nothing more: a cancel is one row a run, a retry has a key of its own.
 */
export class RunBulk {
  private readonly rounds: Rounds;

  constructor(
    private readonly parts: {
      bulks: BulkOperationsRepository;
      find: FindExecutions;
      cancel: CancelExecution;
      rerun: RerunExecution;
      replica: string;
      logger: Logger;
    },
  ) {
    this.rounds = new Rounds(EVERY_MS, () => this.round(), parts.logger, 'bulk operations');
  }

  start(): void {
    this.rounds.start();
  }

  wake(): void {
    this.rounds.wake();
  }

  stop(): Promise<void> {
    return this.rounds.stop();
  }

  private async round(): Promise<boolean> {
    const { bulks, replica, logger } = this.parts;
    let bulk = await bulks.claim(replica, CLAIM_MS);
    if (!bulk) return false;
    try {
      while (bulk?.status === 'running' && !this.rounds.stopping)
        bulk = await bulks.advance(replica, bulk, await this.batch(bulk), CLAIM_MS);
      if (bulk?.status === 'running') await bulks.release(replica, bulk, 0);
    } catch (error) {
      logger.warn({ err: error, bulkId: bulk?.id }, 'A bulk operation goes on later');
      if (bulk) await bulks.release(replica, bulk, LATER_MS);
    }
    return true;
  }

  private async batch(bulk: StoredBulk): Promise<BatchResult> {
    const found = await this.parts.find.batch(bulk.organizationId, bulk.filter, bulk.cursor);
    const outcomes: Outcome[] = found.missing.map((executionId) => {
      return { executionId, code: 'not_found', message: 'There is no execution with this id.' };
    });
    for (let from = 0; from < found.executions.length; from += AT_ONCE)
      outcomes.push(
        ...(await Promise.all(found.executions.slice(from, from + AT_ONCE).map((each) => this.act(bulk, each)))),
      );
    return {
      processed: outcomes.length,
      succeeded: outcomes.filter((outcome) => outcome === 'succeeded').length,
      skipped: outcomes.filter((outcome) => outcome === 'skipped').length,
      errors: outcomes.filter((outcome) => typeof outcome === 'object'),
      cursor: found.cursor,
    };
  }

  private async act(bulk: StoredBulk, execution: FoundBatch['executions'][number]): Promise<Outcome> {
    const { id, ended } = execution;
    try {
      return bulk.action === 'cancel' ? await this.cancel(bulk, id, ended) : await this.retry(bulk, execution);
    } catch (error) {
      // What passes is tried again with the whole batch; what does not is the fault of this one alone.
      const fault = toAppError(error);
      if (isDatabaseAway(error) || PASSING.has(fault.code)) throw error;
      if (fault.code === 'conflict') return 'skipped';
      return { executionId: id, code: fault.code, message: fault.message };
    }
  }

  private async cancel(
    { organizationId, requestedBy, reason }: StoredBulk,
    id: string,
    ended: boolean,
  ): Promise<Outcome> {
    if (ended) return 'skipped';
    const wish = { ...(requestedBy !== null && { by: requestedBy }), ...(reason !== null && { reason }) };
    const posted = await this.parts.cancel.post(organizationId, id, wish);
    if (posted === 'full') throw new AppError('overloaded', `The inbox of ${id} is full.`);
    return posted === 'ended' ? 'skipped' : 'succeeded';
  }

  private async retry(bulk: StoredBulk, execution: FoundBatch['executions'][number]): Promise<Outcome> {
    if (!execution.ended || execution.status === 'completed') return 'skipped';
    const dedupe = { source: 'bulk', key: `${bulk.id}:${execution.id}`, fingerprint: null };
    await this.parts.rerun.retry(
      { id: execution.id },
      { organizationId: bulk.organizationId, dedupe, traceparent: null },
    );
    return 'succeeded';
  }
}
