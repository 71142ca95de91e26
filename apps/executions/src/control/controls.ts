import type { Logger } from '@rpa/platform';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { NudgeOwner } from '../inbox/nudge-owner.js';
import { PostStimulus } from '../inbox/post-stimulus.js';
import { ReadState } from '../journal/read-state.js';
import type { LogWriter } from '../logs/log-writer.js';
import type { Peers } from '../peers/peers.js';
import type { RunHost } from '../runs/run-host.js';
import type { LoadPlan } from '../start/load-plan.js';
import type { Stores } from '../stores.js';
import { CancelExecution } from './cancel-execution.js';
import { DecideStep } from './decide-step.js';
import { PauseExecution } from './pause-execution.js';
import { ReportResult } from './report-result.js';
import { RequestStepStart } from './request-step-start.js';
import { SignalExecution } from './signal-execution.js';

/** The use cases that tell a run something from outside. */
export interface Controls {
  cancel: CancelExecution;
  pause: PauseExecution;
  signal: SignalExecution;
  decide: DecideStep;
  report: ReportResult;
  requestStart: RequestStepStart;
}

export interface ControlParts {
  stores: Stores;
  host: RunHost;
  dispatcher: Dispatcher;
  peers: Peers;
  plans: LoadPlan;
  nudge: NudgeOwner;
  logger: Logger;
  logs: LogWriter;
}

export function createControls({
  stores,
  host,
  dispatcher,
  peers,
  plans,
  nudge,
  logger,
  logs,
}: ControlParts): Controls {
  const post = new PostStimulus(stores.executions, stores.inbox, nudge, logger);
  return {
    cancel: new CancelExecution(stores.executions, post),
    pause: new PauseExecution(post),
    signal: new SignalExecution(post),
    decide: new DecideStep(post, new ReadState(stores.journal, plans, host)),
    report: new ReportResult(host, dispatcher, post, logs),
    requestStart: new RequestStepStart(host, stores.leases, peers),
  };
}
