import type { Logger } from '@rpa/platform';
import type { Pool } from 'pg';
import type { ExecutionsConfig } from '../executions.config.js';
import type { NudgeOwner } from '../inbox/nudge-owner.js';
import type { ResumeRuns } from '../ownership/resume-runs.js';
import type { RunHost } from '../runs/run-host.js';
import type { LoadPlan } from '../start/load-plan.js';
import type { Stores } from '../stores.js';
import { Admission } from './admission.js';
import { BeginRun } from './begin-run.js';
import { CountsRepository } from './counts.repository.js';
import { GatesRepository } from './gates.repository.js';
import { HoldStart } from './hold-start.js';
import { Intake } from './intake.js';
import { LetIn } from './let-in.js';
import { limitOf, Quotas } from './quotas.js';
import { ReadQuotas } from './read-quotas.js';
import { StartQueueRepository } from './start-queue.repository.js';
import { UsageRepository } from './usage.repository.js';
import type { LargeValues } from '../values/large-values.js';

/** Which starts are taken, and when they begin. */
export interface FlowControl {
  intake: Intake;
  admission: Admission;
  hold: HoldStart;
  begin: BeginRun;
  quotas: ReadQuotas;
}

export interface FlowControlParts {
  pool: Pool;
  config: ExecutionsConfig;
  stores: Stores;
  plans: LoadPlan;
  host: RunHost;
  values: LargeValues;
  logger: Logger;
  resume: () => ResumeRuns;
  nudge: () => NudgeOwner;
  leaseId: () => string | null;
}

export function createFlowControl(parts: FlowControlParts): FlowControl {
  const { pool, config, stores, plans, host, values, logger, resume, nudge, leaseId } = parts;
  const { maxRuns, maxQueued, quotaRunning, quotaQueued, quotaStarts } = config;
  const forAll = {
    running: limitOf(quotaRunning),
    queued: limitOf(quotaQueued),
    startsPerMinute: limitOf(quotaStarts),
  };
  const quotas = new Quotas(forAll, config.quotas);
  const usage = new UsageRepository(pool);
  const liveRuns = (organizationId?: string): number =>
    organizationId === undefined ? host.size + resume().waiting : host.runsOf(organizationId);
  const intake = new Intake({ quotas, usage, logger, maxRuns, maxQueued, liveRuns });
  const gates = new GatesRepository();
  const letIn = new LetIn({ pool, gates, intake, runs: stores.runs, resume, nudge, leaseId, logger });
  const admission = new Admission({ letIn, intake, usage, logger });
  const queue = new StartQueueRepository(pool);
  return {
    intake,
    admission,
    hold: new HoldStart({ pool, queue, counts: new CountsRepository(), intake, admission, values }),
    begin: new BeginRun(stores.inbox, plans, values),
    quotas: new ReadQuotas(intake, usage),
  };
}
