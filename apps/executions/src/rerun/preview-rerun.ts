import type { RerunExecutionRequest, RerunPreview } from '@rpa/contracts';
import type { ResolveVersions } from '../start/resolve-versions.js';
import type { FormerRuns } from './former-runs.js';
import type { PlanAdoptions } from './plan-adoptions.js';
import { assertRetryable, scopeOf, versionFor } from './rerun-scope.js';

/** Tells what a retry or rerun would take over and which effects it would repeat; changes nothing. */
export class PreviewRerun {
  constructor(
    private readonly former: FormerRuns,
    private readonly planner: PlanAdoptions,
    private readonly versions: ResolveVersions,
  ) {}

  async execute(organizationId: string, request: RerunExecutionRequest, retry: boolean): Promise<RerunPreview> {
    const former = await this.former.get(organizationId, request.id);
    if (retry) assertRetryable(former);
    const { versionId, version } = await versionFor(former, request.version, this.versions);
    const scope = { versionId, from: scopeOf(request, retry) };
    const plan = await this.planner.execute(former, scope, () => Promise.resolve());
    const { adopted, repeats, repeated } = plan;
    return { adopted, repeats, repeated, truncated: repeated > repeats.length, workflowVersion: version };
  }
}
