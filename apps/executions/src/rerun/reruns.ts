import type { LoadPlan } from '../start/load-plan.js';
import type { ResolveVersions } from '../start/resolve-versions.js';
import type { StartRun } from '../start/start-run.js';
import type { Stores } from '../stores.js';
import { FormerRuns } from './former-runs.js';
import { PlanAdoptions } from './plan-adoptions.js';
import { PreviewRerun } from './preview-rerun.js';
import { RerunExecution } from './rerun-execution.js';

/** The use cases that run something again. */
export interface Reruns {
  rerun: RerunExecution;
  preview: PreviewRerun;
}

export function createReruns(stores: Stores, plans: LoadPlan, versions: ResolveVersions, start: StartRun): Reruns {
  const former = new FormerRuns(stores.executions, stores.journal);
  const planner = new PlanAdoptions(stores.journal, plans);
  const { adoptions, runs } = stores;
  return {
    rerun: new RerunExecution({ former, planner, adoptions, versions, start, runs }),
    preview: new PreviewRerun(former, planner, versions),
  };
}
