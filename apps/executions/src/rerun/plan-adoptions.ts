import { AppError } from '@rpa/contracts';
import { findNode, PlanRerun, type Plan } from '@rpa/engine';
import type { JournalRepository } from '../journal/journal.repository.js';
import type { LoadPlan } from '../start/load-plan.js';
import type { AdoptionRow } from './adoptions.repository.js';
import type { FormerRun } from './former-runs.js';

const BATCH = 1_000;

export interface RerunScope {
  /** What the new run runs. */
  versionId: string;
  /** See the engine's `RerunOptions`. */
  from: string | undefined;
}

/** Decides what a new run takes over from a former one, reading that one's journal row by row. */
export class PlanAdoptions {
  constructor(
    private readonly journal: JournalRepository,
    private readonly plans: LoadPlan,
  ) {}

  /** `keep` is handed what is taken over, in batches. */
  async execute(
    former: FormerRun,
    { versionId, from }: RerunScope,
    keep: (rows: readonly AdoptionRow[]) => Promise<void>,
  ): Promise<PlanRerun> {
    const { id, organizationId } = former.row;
    const [plan, formerPlan] = await Promise.all([
      this.plans.execute(organizationId, versionId),
      this.plans.execute(organizationId, former.version.versionId),
    ]);
    if (from !== undefined && from !== 'all') assertPath(plan, from);
    const rerun = new PlanRerun({ plan, formerPlan, ...(from !== undefined && { from }) });
    for await (const { body } of this.journal.rows(id)) for (const record of body) rerun.note(record);
    let batch: AdoptionRow[] = [];
    for await (const { seq: rowSeq, body } of this.journal.rows(id)) {
      for (const record of body) {
        const kind = rerun.adopt(record);
        if (kind && record.path !== undefined) batch.push({ path: record.path, kind, rowSeq, seq: record.seq });
      }
      if (batch.length < BATCH) continue;
      await keep(batch);
      batch = [];
    }
    if (batch.length > 0) await keep(batch);
    rerun.finish();
    return rerun;
  }
}

/** Refuses a path that leads to no step of the version: `pay`, or with the number of the iteration `each.3.pay`. */
function assertPath(plan: Plan, path: string): void {
  const parts = path.split('.');
  const shaped = parts.length % 2 === 1 && parts.every((part, index) => index % 2 === 0 || /^\d{1,7}$/.test(part));
  if (shaped && findNode(plan.root, path)) return;
  const message = 'leads to no step of the version that would run';
  throw new AppError('validation_failed', `'fromStep' ${message}.`, {
    errors: [{ path: 'fromStep', code: 'unknown_step', message }],
  });
}
