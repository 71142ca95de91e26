import type { Logger } from '@rpa/platform';
import type { Pool } from 'pg';
import { createApprovals, type Approvals } from '../approvals/approvals.js';
import { createBulk, type Bulk } from '../bulk/bulk.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { NudgeOwner } from '../inbox/nudge-owner.js';
import { PostStimulus } from '../inbox/post-stimulus.js';
import { ReadState } from '../journal/read-state.js';
import type { LogWriter } from '../logs/log-writer.js';
import { FireOnFailure } from '../on-failure/fire-on-failure.js';
import type { Peers } from '../peers/peers.js';
import { LoadAdoptions } from '../rerun/load-adoptions.js';
import { createReruns, type Reruns } from '../rerun/reruns.js';
import type { RunHost } from '../runs/run-host.js';
import type { LoadPlan } from '../start/load-plan.js';
import type { ResolveVersions } from '../start/resolve-versions.js';
import type { StartExecution } from '../start/start-execution.js';
import type { StartRun } from '../start/start-run.js';
import type { Stores } from '../stores.js';
import { TestStep } from '../test-runs/test-step.js';
import type { LargeValues } from '../values/large-values.js';
import { CancelExecution } from './cancel-execution.js';
import { DecideStep } from './decide-step.js';
import { PauseExecution } from './pause-execution.js';
import { ReportResult } from './report-result.js';
import { RequestStepStart } from './request-step-start.js';
import { SignalExecution } from './signal-execution.js';
import { SignalRoom } from './signal-room.js';

/** What is done with runs from outside, and because of how they end. */
export interface Controls {
  cancel: CancelExecution;
  pause: PauseExecution;
  signal: SignalExecution;
  decide: DecideStep;
  report: ReportResult;
  requestStart: RequestStepStart;
  again: Reruns;
  adoptions: LoadAdoptions;
  approvals: Approvals;
  bulk: Bulk;
  onFailure: FireOnFailure;
  testStep: TestStep;
}

export interface ControlParts {
  pool: Pool;
  stores: Stores;
  host: RunHost;
  dispatcher: Dispatcher;
  peers: Peers;
  plans: LoadPlan;
  versions: ResolveVersions;
  starter: StartRun;
  start: StartExecution;
  replica: string;
  nudge: NudgeOwner;
  logger: Logger;
  logs: LogWriter;
  values: LargeValues;
}

export function createControls(parts: ControlParts): Controls {
  const { pool, stores, host, dispatcher, peers, plans, versions, starter, start, replica, nudge, logger } = parts;
  const { logs, values } = parts;
  const post = new PostStimulus(stores.executions, stores.inbox, stores.runs, nudge, logger);
  const states = new ReadState(stores.journal, plans, host);
  const cancel = new CancelExecution(stores.executions, post);
  const again = createReruns(stores, plans, versions, starter);
  const { rerun } = again;
  return {
    cancel,
    pause: new PauseExecution(post),
    signal: new SignalExecution(post, plans, new SignalRoom(states, stores.journal), values),
    decide: new DecideStep(post, values, states),
    report: new ReportResult(host, dispatcher, post, logs),
    requestStart: new RequestStepStart(host, stores.leases, peers),
    again,
    adoptions: new LoadAdoptions(stores.adoptions, host, logger),
    approvals: createApprovals(pool, nudge),
    bulk: createBulk({ pool, executions: stores.executions, cancel, rerun, replica, logger }),
    onFailure: new FireOnFailure(stores.onFailure, starter, logger),
    testStep: new TestStep(start),
  };
}
