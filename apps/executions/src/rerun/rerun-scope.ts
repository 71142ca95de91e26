import { AppError, type RerunExecutionRequest, type ResolveVersionReply } from '@rpa/contracts';
import type { ResolveVersions } from '../start/resolve-versions.js';
import type { FormerRun } from './former-runs.js';

export function assertRetryable({ row }: FormerRun): void {
  if (row.status === 'completed')
    throw new AppError('conflict', 'Nothing of the execution has failed; rerun it from a step, or from the start.');
}

/** See the engine's `RerunOptions.from`. */
export function scopeOf({ fromStep }: Pick<RerunExecutionRequest, 'fromStep'>, retry: boolean): string | undefined {
  return retry ? undefined : (fromStep ?? 'all');
}

/** The version that a rerun runs: the former one unless another is named. */
export async function versionFor(
  { version, row }: FormerRun,
  wanted: unknown,
  versions: ResolveVersions,
): Promise<ResolveVersionReply> {
  if (wanted === undefined) return version;
  const { workflowId } = version;
  if (wanted === 'latest') return versions.execute(row.organizationId, { workflowId });
  if (Number.isInteger(wanted) && Number(wanted) >= 1)
    return versions.execute(row.organizationId, { workflowId, version: Number(wanted) });
  const message = "must be a version number or 'latest'";
  throw new AppError('validation_failed', `'version' ${message}.`, {
    errors: [{ path: 'version', code: 'version', message }],
  });
}
