import { AppError, ID_PATTERN, type DoneReply, type ReportResultRequest, type TaskResult } from '@rpa/contracts';
import { isResult, readOutcome } from '../dispatch/read-result.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { PostStimulus } from '../inbox/post-stimulus.js';
import type { LogWriter } from '../logs/log-writer.js';
import type { LiveRun } from '../runs/live-run.js';
import type { RunHost } from '../runs/run-host.js';

const COMMIT_WITHIN_MS = 10_000;

/**
 * Takes a result that its owner did not acknowledge. The answer means that it is durable, or that it comes too late for
 * good: either way the worker may forget it.
 */
export class ReportResult {
  constructor(
    private readonly host: RunHost,
    private readonly dispatcher: Dispatcher,
    private readonly post: PostStimulus,
    private readonly logs: LogWriter,
  ) {}

  async execute({ result }: ReportResultRequest): Promise<DoneReply> {
    if (!isResult(result) || !ID_PATTERN.test(result.executionId) || !ID_PATTERN.test(result.organizationId))
      throw new AppError('validation_failed', 'This is no result of a step.', {
        errors: [{ path: 'result', code: 'result', message: 'must have the form of a TaskResult' }],
      });
    const { executionId: id, organizationId } = result;
    this.logs.addOf({ id, organizationId }, result);
    const run = this.host.get(result.executionId);
    if (run && run.identity.organizationId === result.organizationId) await this.apply(run, result);
    else await this.keep(result);
    return {};
  }

  private async apply(run: LiveRun, result: TaskResult): Promise<void> {
    const { path, attempt, outcome } = result;
    this.dispatcher.settle(run, path, attempt);
    const applied = new Promise<void>((resolve) =>
      this.host.stimulate(run, {
        event: { type: 'step_result', at: Date.now(), path, attempt, outcome: readOutcome(outcome) },
        settled: resolve,
      }),
    );
    const inTime = await Promise.race([
      applied.then(() => true),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), COMMIT_WITHIN_MS).unref()),
    ]);
    if (!inTime) throw new AppError('unavailable', 'The result could not be made durable yet.');
  }

  private async keep(result: TaskResult): Promise<void> {
    const { path, attempt, delivery, executionId, organizationId } = result;
    const { logs: _, ...body } = result;
    const posted = await this.post.post({
      organizationId,
      executionId,
      kind: 'result',
      dedupeKey: `result ${path} ${attempt} ${delivery}`,
      body: { ...body, outcome: bounded(result) },
    });
    if (posted === 'full') throw new AppError('overloaded', 'The run has not taken in yet what it was sent before.');
  }
}

/** As it would be journaled, so that an inbox row is never larger than a record. */
function bounded(result: TaskResult): TaskResult['outcome'] {
  return readOutcome(result.outcome);
}
