import { executionChanged, executionEnded, isTerminal, type ExecutionEvent, type StepResponse } from '@rpa/contracts';
import type { Effect } from '@rpa/engine';
import type { Bus } from '@rpa/messaging';
import type { Logger } from '@rpa/platform';
import type { CancelExecution } from '../control/cancel-execution.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { NudgeOwner } from '../inbox/nudge-owner.js';
import type { Peers } from '../peers/peers.js';
import type { StartChild } from '../start/start-child.js';
import type { Waiters } from '../start/waiters.js';
import { attemptKey, type LiveRun } from './live-run.js';
import type { HostListener, RunHost } from './run-host.js';

export interface EffectParts {
  host: RunHost;
  dispatcher: Dispatcher;
  children: StartChild;
  cancel: CancelExecution;
  nudge: NudgeOwner;
  waiters: Waiters;
  peers: Peers;
  bus: Bus;
  logger: Logger;
}

/** Does what committed records ask for. Never called before the commit. */
export class PerformEffects implements HostListener {
  constructor(private readonly parts: () => EffectParts) {}

  perform(run: LiveRun, effect: Effect): void {
    const { host, dispatcher, children, logger } = this.parts();
    const at = Date.now();
    switch (effect.type) {
      case 'dispatch':
        return dispatcher.dispatch(run, effect);
      case 'abort':
        return dispatcher.abort(run, effect.path, effect.attempt);
      case 'grant':
        return run.grants.get(`${attemptKey(effect.path, effect.attempt)} ${effect.worker}`)?.(effect.granted);
      case 'start_child':
        return children.execute(run, effect);
      case 'cancel_child':
        return this.cancelChild(run, effect.executionId);
      case 'continue':
        return host.stimulate(run, { event: { type: 'continue', at } });
      case 'load':
        // No file can have been written: outputs over the limit fail. What looks like a reference has no content.
        return host.stimulate(run, {
          event: { type: 'values_loaded', at, values: Object.fromEntries(effect.fileIds.map((id) => [id, null])) },
        });
      case 'log':
        return logger[effect.level]({ executionId: run.id, path: effect.path }, effect.message);
      case 'decision_required':
        return logger.warn(
          { executionId: run.id, path: effect.path, reason: effect.reason },
          'A step needs a decision',
        );
      case 'respond':
        return this.respond(run, { status: effect.status, headers: effect.headers, body: effect.body });
      default:
        // Timers are kept by the host, approvals stand in the journal, the end is told by `ended`.
        return undefined;
    }
  }

  changed(run: LiveRun): void {
    if (!isTerminal(run.rowStatus))
      this.parts().bus.emit(executionChanged, run.identity.organizationId, this.event(run));
  }

  ended(run: LiveRun): void {
    const { bus, waiters, peers, nudge, logger } = this.parts();
    const { id, organizationId, waitReply, parent } = run.identity;
    waiters.ended(id, run.witness?.view() ?? null);
    if (waitReply !== null && waitReply !== peers.replica) peers.tell(waitReply, { kind: 'ended', executionId: id });
    if (parent) nudge.execute([parent.executionId]).catch((error: unknown) => logger.debug({ err: error }, 'No nudge'));
    bus.emit(executionEnded, organizationId, this.event(run));
  }

  kept(run: LiveRun): void {
    const { nudge, logger } = this.parts();
    nudge.execute([run.id]).catch((error: unknown) => logger.debug({ err: error }, 'No nudge; the sweep finds it'));
  }

  forgotten(run: LiveRun): void {
    this.parts().dispatcher.drop(run);
    for (const refuse of [...run.grants.values()]) refuse(false);
  }

  private respond(run: LiveRun, response: StepResponse): void {
    const { waiters, peers } = this.parts();
    const { id, waitReply } = run.identity;
    run.response = response;
    waiters.responded(id, response);
    if (waitReply !== null && waitReply !== peers.replica)
      peers.tell(waitReply, { kind: 'responded', executionId: id, response });
  }

  private cancelChild(run: LiveRun, executionId: string): void {
    const { cancel, logger } = this.parts();
    const attempt = (): void => {
      cancel
        .post(run.identity.organizationId, executionId, { reason: 'the parent was cancelled' })
        .catch((error: unknown) => {
          logger.warn({ err: error, executionId }, 'A child could not be cancelled yet');
          setTimeout(attempt, 1_000).unref();
        });
    };
    attempt();
  }

  private event(run: LiveRun): ExecutionEvent {
    const { id, workflowId } = run.identity;
    return { executionId: id, workflowId, status: run.rowStatus, at: new Date().toISOString() };
  }
}
