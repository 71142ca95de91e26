import {
  AppError,
  type RerunExecutionRequest,
  type RerunReply,
  type ResolveVersionReply,
  type RetryExecutionRequest,
} from '@rpa/contracts';
import { v7 as newId } from 'uuid';
import type { RunsRepository } from '../ownership/runs.repository.js';
import type { ResolveVersions } from '../start/resolve-versions.js';
import type { StartedRun, StartRun, StartWish } from '../start/start-run.js';
import type { AdoptionsRepository } from './adoptions.repository.js';
import type { FormerRun, FormerRuns } from './former-runs.js';
import type { PlanAdoptions } from './plan-adoptions.js';
import { assertRetryable, scopeOf, versionFor } from './rerun-scope.js';

export interface RerunParts {
  former: FormerRuns;
  planner: PlanAdoptions;
  adoptions: AdoptionsRepository;
  versions: ResolveVersions;
  start: StartRun;
  runs: RunsRepository;
}

export interface Asked {
  organizationId: string;
  dedupe: StartWish['dedupe'];
  traceparent: string | null;
}

/** Starts a new execution that repeats an ended one and takes over what that has settled, by reference. */
export class RerunExecution {
  constructor(private readonly parts: RerunParts) {}

  async retry(request: RetryExecutionRequest, asked: Asked): Promise<RerunReply> {
    return this.repeat(request, asked, true);
  }

  async rerun(request: RerunExecutionRequest, asked: Asked): Promise<RerunReply> {
    return this.repeat(request, asked, false);
  }

  /** The child of a retried parent: takes over what the former child has settled. */
  async ofChild(wish: StartWish, formerId: string): Promise<StartedRun> {
    const known = wish.dedupe && (await this.known(wish.organizationId, wish.dedupe));
    if (known) return { executionId: known, deduplicated: true };
    const former = await this.parts.former.get(wish.organizationId, formerId).catch((error: unknown) => {
      // It was cancelled with its parent and has not come to its end yet.
      if (AppError.is(error) && error.code === 'conflict' && error.message.includes('cancel it'))
        throw new AppError('unavailable', 'The former run of the sub-workflow has not ended yet.');
      throw error;
    });
    const version = await this.parts.versions.execute(wish.organizationId, wish.workflow);
    return this.begin(former, version, undefined, { ...wish, adopts: true });
  }

  private async repeat(request: RerunExecutionRequest, asked: Asked, retry: boolean): Promise<RerunReply> {
    const { organizationId, dedupe, traceparent } = asked;
    const known = dedupe && (await this.known(organizationId, dedupe));
    if (known) return { id: known, status: 'pending', rerunOf: request.id };
    const former = await this.parts.former.get(organizationId, request.id);
    if (retry) assertRetryable(former);
    const version = await versionFor(former, request.version, this.parts.versions);
    const from = scopeOf(request, retry);
    const { executionId } = await this.begin(former, version, from, {
      ...wishOf(former),
      ...(request.inputs && { inputs: request.inputs }),
      organizationId,
      dedupe,
      traceparent,
      adopts: from !== 'all',
    });
    return { id: executionId, status: 'pending', rerunOf: former.row.id };
  }

  private async begin(
    former: FormerRun,
    version: ResolveVersionReply,
    from: string | undefined,
    wish: StartWish,
  ): Promise<StartedRun> {
    const { planner, adoptions, start } = this.parts;
    const { organizationId } = wish;
    const id = newId();
    if (wish.adopts)
      await planner.execute(former, { versionId: version.versionId, from }, (rows) =>
        adoptions.write(organizationId, id, former.row.id, rows),
      );
    const started = await start.execute({ ...wish, id, version, rerunOf: former.row.id });
    // After an error nobody knows whether the run has begun; what is not needed then is forgotten later.
    if (started.executionId !== id) await adoptions.drop(organizationId, id);
    return started;
  }

  private async known(organizationId: string, dedupe: NonNullable<StartWish['dedupe']>): Promise<string | null> {
    const known = await this.parts.runs.byStartKey(organizationId, dedupe.source, dedupe.key);
    if (known && known.fingerprint !== dedupe.fingerprint) throw new AppError('idempotency_mismatch');
    return known?.executionId ?? null;
  }
}

/** The same as before. */
function wishOf({ row, start }: FormerRun): Omit<StartWish, 'organizationId' | 'dedupe' | 'traceparent'> {
  const { inputs, trigger, env, priority, depth = 0, test, adopt, until, only } = start;
  const pins = Object.fromEntries((adopt ?? []).map(({ path, output = null }) => [path, output]));
  const isPart = adopt !== undefined || until !== undefined || only !== undefined;
  return {
    workflow: { workflowId: start.workflow.id },
    inputs,
    trigger,
    depth,
    parent: null,
    waitReply: null,
    ...(env && { env }),
    ...(priority !== undefined && { priority }),
    ...(row.labels && { labels: row.labels }),
    ...(row.businessKey !== null && { businessKey: row.businessKey }),
    ...(test && { test }),
    ...(isPart && { part: { pins, ...(until !== undefined && { until }), ...(only !== undefined && { only }) } }),
  };
}
