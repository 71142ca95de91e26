import { AppError } from '@rpa/contracts';
import type { Effect } from '@rpa/engine';
import type { Logger } from '@rpa/platform';
import type { Controls } from '../control/controls.js';
import type { LiveRun } from '../runs/live-run.js';
import type { RunHost } from '../runs/run-host.js';
import type { StartRun, StartWish, StartedRun } from './start-run.js';

type StartChildEffect = Extract<Effect, { type: 'start_child' }>;

const RETRY_MS = 1_000;
/** Errors that may be gone by the next try; everything else fails the step. */
const PASSING = new Set(['unavailable', 'overloaded', 'timeout', 'rate_limited', 'quota_exceeded']);

/** Starts the run of a `sub_workflow` step. Its key makes a repeat, also by another owner, find the same child. */
export class StartChild {
  constructor(
    private readonly start: StartRun,
    private readonly host: RunHost,
    private readonly logger: Logger,
    private readonly control: () => Pick<Controls, 'again' | 'cancel'>,
  ) {}

  execute(run: LiveRun, effect: StartChildEffect): void {
    run.calls++;
    void this.attempt(run, effect);
  }

  private async attempt(run: LiveRun, effect: StartChildEffect): Promise<void> {
    const { path, attempt, key, workflow, version, inputs, depth, priority } = effect;
    try {
      const wish: StartWish = {
        organizationId: run.identity.organizationId,
        workflow: { workflowKey: workflow, ...(version !== 'latest' && { version }) },
        inputs,
        trigger: { type: 'sub_workflow', id: run.id },
        dedupe: { source: 'child', key, fingerprint: null },
        priority,
        waitReply: null,
        traceparent: run.identity.traceparent,
        parent: { executionId: run.id, path, attempt },
        depth,
        ...(run.state.start.test && { test: true }),
      };
      const child = await this.begin(wish, effect);
      // Its parent has ended while it was started.
      if (run.ended) return this.control().cancel.orphan(wish.organizationId, child.executionId);
      this.answer(run, { type: 'child_started', at: Date.now(), path, attempt, executionId: child.executionId });
    } catch (error) {
      if (run.dropped) return;
      if (!AppError.is(error) || PASSING.has(error.code)) {
        this.logger.warn({ err: error, executionId: run.id, path }, 'A child run could not be started yet');
        setTimeout(() => void this.attempt(run, effect), RETRY_MS).unref();
        return;
      }
      const failure = { code: error.code, message: error.message, retryable: false };
      const end = { executionId: '', status: 'failed' as const, output: null, error: failure };
      this.answer(run, { type: 'child_ended', at: Date.now(), path, attempt, ...end });
    }
  }

  /** In a retry of the parent the former child is retried. */
  private begin(wish: StartWish, { formerChild }: StartChildEffect): Promise<StartedRun> {
    return formerChild === undefined ? this.start.execute(wish) : this.control().again.rerun.ofChild(wish, formerChild);
  }

  private answer(run: LiveRun, event: Parameters<RunHost['stimulate']>[1]['event']): void {
    run.calls--;
    this.host.stimulate(run, { event });
  }
}
