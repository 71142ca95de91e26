import {
  AppError,
  INLINE_VALUE_LIMIT,
  type ExecutionView,
  type JsonObject,
  type Labels,
  type ResolveVersionReply,
  type ResolveVersionRequest,
} from '@rpa/contracts';
import { startRun, validateInputs, type StartInput } from '@rpa/engine';
import { isDatabaseAway, sqlState } from '@rpa/platform';
import { v7 as newId } from 'uuid';
import { CommitsClosed, Fenced, RecordRefused } from '../commit/commit.errors.js';
import type { GroupCommit } from '../commit/group-commit.js';
import type { RunsRepository } from '../ownership/runs.repository.js';
import { LiveRun, type RunIdentity } from '../runs/live-run.js';
import type { RunHost } from '../runs/run-host.js';
import { Witness } from '../runs/witness.js';
import { assertPart, partOfStart, type PartOfRun } from '../test-runs/part-of-run.js';
import type { LoadPlan } from './load-plan.js';
import type { ResolveVersions } from './resolve-versions.js';

export interface StartWish {
  organizationId: string;
  workflow: ResolveVersionRequest;
  inputs: JsonObject;
  trigger: StartInput['trigger'];
  dedupe: { source: string; key: string; fingerprint: string | null } | null;
  priority?: number;
  labels?: Labels;
  businessKey?: string;
  /** How long somebody waits for the answer of a `respond` step, in milliseconds. */
  respondWithinMs?: number;
  waitReply: string | null;
  traceparent: string | null;
  parent: RunIdentity['parent'];
  depth: number;
  /** A start that others have prepared something for brings its id; else one is minted. */
  id?: string;
  /** What exactly is run, where that is known already. */
  version?: ResolveVersionReply;
  env?: JsonObject;
  /** The execution that this one repeats; with `adopts` it takes over what that has settled. */
  rerunOf?: string;
  adopts?: boolean;
  /** A test run, also of a published version. */
  test?: boolean;
  part?: PartOfRun;
}

export interface StartedRun {
  executionId: string;
  deduplicated: boolean;
  /** The finished execution, where it ended with its first commit and somebody waits for that. */
  ended?: ExecutionView;
}

interface Parts {
  host: RunHost;
  commits: GroupCommit;
  runs: RunsRepository;
  versions: ResolveVersions;
  plans: LoadPlan;
  maxRuns: number;
  maxStarts: number;
  /** Runs that were claimed but are not in memory yet. */
  resuming: () => number;
}

/** Starts one run: for people, triggers and parent runs alike. Returns when the start is durable. */
export class StartRun {
  /** Starts on their way to their commit. */
  private starting = 0;
  private draining = false;

  constructor(private readonly parts: Parts) {}

  /** Takes no more starts; those on their way are finished. */
  drain(): void {
    this.draining = true;
  }

  async execute(wish: StartWish): Promise<StartedRun> {
    this.assertRoom(wish);
    this.starting++;
    try {
      const version = wish.version ?? (await this.parts.versions.execute(wish.organizationId, wish.workflow));
      return await this.begin(wish, version);
    } catch (error) {
      // What was started once stays startable by its key, whatever has become of the workflow since.
      const known = wish.dedupe && AppError.is(error) && (await this.known(wish, wish.dedupe));
      if (known) return known;
      throw toStartError(error);
    } finally {
      this.starting--;
    }
  }

  private assertRoom({ parent }: StartWish): void {
    const { host, commits, maxRuns, maxStarts, resuming } = this.parts;
    if (this.draining) throw new AppError('unavailable', 'This replica is stopping.');
    if (!commits.connected) throw new AppError('unavailable', 'PostgreSQL is not reachable.');
    // A child is let in always: its parent has a place already and gives it up only when the child has begun.
    if (parent) return;
    if (this.starting >= maxStarts)
      throw new AppError('overloaded', `${this.starting} starts wait for their commit already.`);
    if (host.size + resuming() >= maxRuns)
      throw new AppError('overloaded', `${host.size} runs are in work already; ${maxRuns} are allowed.`);
  }

  private async begin(wish: StartWish, version: ResolveVersionReply): Promise<StartedRun> {
    assertInlineInputs(wish.inputs);
    const plan = await this.parts.plans.execute(wish.organizationId, version.versionId);
    const faults = validateInputs(plan, wish.inputs);
    if (faults.length > 0)
      throw new AppError('inputs_invalid', `${faults.length} of the inputs are not as the workflow wants them.`, {
        errors: faults.map(({ path, code, message }) => ({ path, code, message })),
      });
    if (wish.part) assertPart(plan, wish.part);
    const id = wish.id ?? newId();
    const input = toStartInput(id, wish, version);
    const transition = startRun(plan, input);
    const identity: RunIdentity = {
      id,
      organizationId: wish.organizationId,
      workflowId: version.workflowId,
      versionId: version.versionId,
      traceparent: wish.traceparent,
      waitReply: wish.waitReply,
      parent: wish.parent,
    };
    const run = new LiveRun(identity, plan, transition.state, 'pending', wish.dedupe?.key);
    const row = {
      ...identity,
      workflowName: version.workflowName,
      workflowVersion: version.version,
      test: input.test === true,
      triggerType: wish.trigger.type,
      triggerId: wish.trigger.id ?? null,
      inputs: JSON.stringify(wish.inputs),
      rerunOf: wish.rerunOf ?? null,
      priority: input.priority ?? plan.priority,
      labels: wish.labels ?? null,
      businessKey: wish.businessKey ?? null,
      startedAt: input.at,
      key: wish.dedupe,
    };
    if (wish.waitReply !== null) run.witness = new Witness(id, row, plan);
    const { duplicate } = await this.parts.host.start(run, transition, row);
    if (!duplicate || !wish.dedupe) return toStarted(run);
    const known = await this.known(wish, wish.dedupe);
    if (!known) throw new AppError('unavailable', 'The start was not taken; try again.');
    return known;
  }

  private async known(wish: StartWish, dedupe: NonNullable<StartWish['dedupe']>): Promise<StartedRun | null> {
    const known = await this.parts.runs.byStartKey(wish.organizationId, dedupe.source, dedupe.key);
    if (!known) return null;
    if (known.fingerprint !== null && dedupe.fingerprint !== null && known.fingerprint !== dedupe.fingerprint)
      throw new AppError('idempotency_mismatch');
    return { executionId: known.executionId, deduplicated: true };
  }
}

/** Until values can be kept in files, all inputs stand in the journal. */
function assertInlineInputs(inputs: JsonObject): void {
  const bytes = Buffer.byteLength(JSON.stringify(inputs));
  if (bytes <= INLINE_VALUE_LIMIT) return;
  const message = `have ${bytes} bytes as JSON; ${INLINE_VALUE_LIMIT} are allowed`;
  throw new AppError('inputs_invalid', `The inputs ${message}.`, {
    errors: [{ path: 'inputs', code: 'too_large', message }],
  });
}

function toStarted(run: LiveRun): StartedRun {
  const ended = run.ended ? run.witness?.view() : null;
  return { executionId: run.id, deduplicated: false, ...(ended && { ended }) };
}

function toStartInput(executionId: string, wish: StartWish, version: ResolveVersionReply): StartInput {
  const at = Date.now();
  return {
    executionId,
    organizationId: wish.organizationId,
    at,
    workflow: {
      id: version.workflowId,
      key: version.workflowKey,
      name: version.workflowName,
      version: version.version,
    },
    inputs: wish.inputs,
    trigger: wish.trigger,
    ...((version.draft || wish.test || wish.part) && { test: true }),
    ...(wish.env && { env: wish.env }),
    ...(wish.rerunOf !== undefined && { rerunOf: wish.rerunOf }),
    ...(wish.rerunOf !== undefined && wish.adopts && { adoptFrom: wish.rerunOf }),
    ...(wish.part && partOfStart(wish.part)),
    ...(wish.priority !== undefined && { priority: wish.priority }),
    ...(wish.respondWithinMs !== undefined && { hasWaiter: true, waiterUntil: at + wish.respondWithinMs }),
    ...(wish.parent && { parent: { executionId: wish.parent.executionId, path: wish.parent.path } }),
    ...(wish.depth > 0 && { depth: wish.depth }),
    ...(wish.traceparent && { traceparent: wish.traceparent }),
  };
}

function toStartError(error: unknown): unknown {
  if (error instanceof Fenced || error instanceof CommitsClosed || isDatabaseAway(error))
    return new AppError('unavailable', 'The start could not be made durable; try again.', { cause: error });
  if (!(error instanceof RecordRefused)) return error;
  const nul = sqlState(error.cause) === '22021';
  const reason = nul
    ? 'A text holds a character that cannot be stored (NUL).'
    : 'The inputs are nested too deeply or too large to be stored.';
  return new AppError('validation_failed', reason, { cause: error });
}
