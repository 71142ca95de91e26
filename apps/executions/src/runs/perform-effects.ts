import {
  approvalClosed,
  approvalRequested,
  executionChanged,
  executionEnded,
  isTerminal,
  type ExecutionEvent,
  type StepResponse,
  type TaskLog,
} from '@rpa/contracts';
import type { Effect } from '@rpa/engine';
import type { Bus } from '@rpa/messaging';
import type { Logger } from '@rpa/platform';
import type { Admission } from '../admission/admission.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { NudgeOwner } from '../inbox/nudge-owner.js';
import type { FireOnFailure } from '../on-failure/fire-on-failure.js';
import type { LogWriter } from '../logs/log-writer.js';
import type { Peers } from '../peers/peers.js';
import type { LoadAdoptions } from '../rerun/load-adoptions.js';
import type { StartChild } from '../start/start-child.js';
import type { Waiters } from '../start/waiters.js';
import type { LargeValues } from '../values/large-values.js';
import { attemptKey, type LiveRun } from './live-run.js';
import type { HostListener, RunHost } from './run-host.js';

export interface EffectParts {
  host: RunHost;
  admission: Admission;
  dispatcher: Dispatcher;
  children: StartChild;
  adoptions: LoadAdoptions;
  onFailure: FireOnFailure;
  nudge: NudgeOwner;
  waiters: Waiters;
  peers: Peers;
  bus: Bus;
  logger: Logger;
  logs: LogWriter;
  values: LargeValues;
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
        // It lies in the child's inbox already.
        return this.nudge(effect.executionId);
      case 'continue':
        return host.stimulate(run, { event: { type: 'continue', at } });
      case 'adopt':
        return this.parts().adoptions.execute(run, effect.paths);
      case 'request_approval':
        return this.tell(approvalRequested, run, effect.path);
      case 'close_approval':
        return this.tell(approvalClosed, run, effect.path);
      case 'load':
        return this.parts().values.load(host, run, effect.fileIds);
      case 'log':
        return this.log(run, effect.path, { at, level: effect.level, message: effect.message });
      case 'decision_required':
        return logger.warn(
          { executionId: run.id, path: effect.path, reason: effect.reason },
          'A step needs a decision',
        );
      case 'respond':
        return this.respond(run, { status: effect.status, headers: effect.headers, body: effect.body });
      default:
        // Timers are kept by the host, the end is told by `ended`.
        return undefined;
    }
  }

  changed(run: LiveRun): void {
    if (run.rowStatus === 'needs_decision') this.parts().onFailure.wake();
    if (!isTerminal(run.rowStatus))
      this.parts().bus.emit(executionChanged, run.identity.organizationId, this.event(run));
  }

  ended(run: LiveRun): void {
    const { admission, bus, waiters, peers, onFailure } = this.parts();
    const { id, organizationId, waitReply, parent } = run.identity;
    admission.ended(run.identity);
    waiters.ended(id, run.witness?.view() ?? null);
    if (waitReply !== null && waitReply !== peers.replica) peers.tell(waitReply, { kind: 'ended', executionId: id });
    if (parent) this.nudge(parent.executionId);
    if (run.rowStatus !== 'completed') onFailure.wake();
    bus.emit(executionEnded, organizationId, this.event(run));
  }

  kept(run: LiveRun): void {
    this.nudge(run.id);
  }

  async catchUp(run: LiveRun): Promise<void> {
    const { nudge, logger } = this.parts();
    await nudge
      .execute([run.id])
      .catch((error: unknown) => logger.debug({ err: error }, 'The inbox could not be read'));
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

  /** Nobody but the sweep hears of it when this fails. */
  private nudge(executionId: string): void {
    const { nudge, logger } = this.parts();
    nudge
      .execute([executionId])
      .catch((error: unknown) => logger.debug({ err: error }, 'No nudge; the sweep finds it'));
  }

  private tell(event: typeof approvalRequested, { identity }: LiveRun, path: string): void {
    const { id: executionId, workflowId, organizationId } = identity;
    this.parts().bus.emit(event, organizationId, { executionId, workflowId, path, at: new Date().toISOString() });
  }

  private log({ identity }: LiveRun, path: string, line: TaskLog): void {
    const { id: executionId, organizationId } = identity;
    this.parts().logs.add({ executionId, organizationId, path, attempt: 1, lines: [line] });
  }

  private event(run: LiveRun): ExecutionEvent {
    const { id, workflowId } = run.identity;
    return { executionId: id, workflowId, status: run.rowStatus, at: new Date().toISOString() };
  }
}
