import {
  AppError,
  type ExecutionView,
  type JsonObject,
  type Labels,
  type ResolveVersionReply,
  type ResolveVersionRequest,
} from '@rpa/contracts';
import { flowOf, startRun, validateInputs, type Flow, type Plan, type StartInput } from '@rpa/engine';
import { v7 as newId } from 'uuid';
import { controlsOf } from '../admission/controls-of.js';
import type { Stage } from '../admission/held-start.js';
import type { HoldStart } from '../admission/hold-start.js';
import type { Intake } from '../admission/intake.js';
import type { StartRow, SummaryChange } from '../commit/append.js';
import type { GroupCommit } from '../commit/group-commit.js';
import type { RunsRepository } from '../ownership/runs.repository.js';
import { LiveRun, type RunIdentity } from '../runs/live-run.js';
import type { RunHost } from '../runs/run-host.js';
import { Witness } from '../runs/witness.js';
import { assertPart, type PartOfRun } from '../test-runs/part-of-run.js';
import { soon, type LargeValues } from '../values/large-values.js';
import type { LoadPlan } from './load-plan.js';
import type { ResolveVersions } from './resolve-versions.js';
import { keptTrigger, takeInValues } from './take-in-values.js';
import { toStartError } from './to-start-error.js';
import { toStartInput } from './to-start-input.js';

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
  /** What it waits for before it begins. */
  pendingReason?: Stage;
  /** The finished execution, where it ended with its first commit and somebody waits for that. */
  ended?: ExecutionView;
}

interface Parts {
  host: RunHost;
  commits: GroupCommit;
  runs: RunsRepository;
  versions: ResolveVersions;
  plans: LoadPlan;
  values: LargeValues;
  intake: Intake;
  hold: HoldStart;
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

  private assertRoom({ parent, organizationId }: StartWish): void {
    const { host, commits, intake, maxRuns, maxStarts, resuming } = this.parts;
    if (this.draining) throw new AppError('unavailable', 'This replica is stopping.');
    if (!commits.connected) throw new AppError('unavailable', 'PostgreSQL is not reachable.');
    // A child is let in always: its parent has a place already and gives it up only when the child has begun.
    if (parent) return;
    if (this.starting >= maxStarts)
      throw new AppError('overloaded', `${this.starting} starts wait for their commit already.`);
    if (host.size + resuming() >= maxRuns)
      throw new AppError('overloaded', `${host.size} runs are in work already; ${maxRuns} are allowed.`);
    intake.countStart(organizationId);
  }

  private async begin(wish: StartWish, version: ResolveVersionReply): Promise<StartedRun> {
    const plan = await this.parts.plans.execute(wish.organizationId, version.versionId);
    const id = wish.id ?? newId();
    const files = this.parts.values.forRun({ id, organizationId: wish.organizationId });
    const inputs = await takeInValues(wish, this.parts.values, files);
    const faults = validateInputs(plan, inputs);
    if (faults.length > 0)
      throw new AppError('inputs_invalid', `${faults.length} of the inputs are not as the workflow wants them.`, {
        errors: faults.map(({ path, code, message }) => ({ path, code, message })),
      });
    if (wish.part) assertPart(plan, wish.part);
    const input = toStartInput(id, { ...wish, inputs }, version);
    const kept = { inputs: files.put(inputs, true) as JsonObject, trigger: keptTrigger(input, files) };
    const identity: RunIdentity = {
      id,
      organizationId: wish.organizationId,
      workflowId: version.workflowId,
      versionId: version.versionId,
      traceparent: wish.traceparent,
      waitReply: wish.waitReply,
      parent: wish.parent,
      slot: null,
    };
    const row = {
      ...identity,
      workflowName: version.workflowName,
      workflowVersion: version.version,
      test: input.test === true,
      triggerType: wish.trigger.type,
      triggerId: wish.trigger.id ?? null,
      inputs: JSON.stringify(kept.inputs),
      rerunOf: wish.rerunOf ?? null,
      priority: input.priority ?? plan.priority,
      labels: wish.labels ?? null,
      businessKey: wish.businessKey ?? null,
      startedAt: input.at,
      key: wish.dedupe,
    };
    const flow = this.flowOf(plan, input, wish);
    if (flow) {
      await files.store(soon());
      return (await this.wait(row, { ...input, ...kept }, plan, flow)) ?? this.taken(wish);
    }
    const transition = startRun(plan, input, files.put);
    if (!files.isEmpty) await files.store(soon());
    const run = new LiveRun(identity, plan, transition.state, 'pending', wish.dedupe?.key);
    if (wish.waitReply !== null) run.witness = new Witness(id, row, plan);
    const { duplicate } = await this.parts.host.start(run, transition, row);
    return duplicate ? this.taken(wish) : toStarted(run);
  }

  /** What has to be counted before it begins; null: nothing. Test runs begin at once. */
  private flowOf(plan: Plan, input: StartInput, { parent, rerunOf, organizationId }: StartWish): Flow | null {
    if (input.test) return null;
    if (!plan.flow) return !parent && this.parts.intake.mustWait(organizationId) ? {} : null;
    const { flow, faults } = flowOf(plan, input);
    if (faults.length > 0)
      throw new AppError('inputs_invalid', 'These inputs give no key to count the run by.', {
        errors: faults.map((fault) => ({ ...fault, code: 'key' })),
      });
    const { debounce: _, ...others } = flow;
    // Somebody waits for this very run.
    return parent || rerunOf !== undefined ? others : flow;
  }

  /** Null: the key of the start is taken. */
  private async wait(
    row: Omit<StartRow, keyof SummaryChange | 'owned'>,
    input: StartInput,
    plan: Plan,
    flow: Flow,
  ): Promise<StartedRun | null> {
    const { at: _, ...kept } = input;
    const total = plan.root.nodes.length;
    const unbegun = {
      status: 'pending',
      output: null,
      error: null,
      owned: false,
      settled: 0,
      total,
      completedAt: null,
    };
    const accepted = await this.parts.hold.execute({
      id: input.executionId,
      row: { ...row, ...unbegun } as StartRow,
      input: kept,
      ...controlsOf(row.workflowId, flow),
    });
    if (!accepted) return null;
    const { executionId, pendingReason } = accepted;
    return { executionId, deduplicated: false, ...(pendingReason && { pendingReason }) };
  }

  private async taken(wish: StartWish): Promise<StartedRun> {
    const known = wish.dedupe && (await this.known(wish, wish.dedupe));
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

function toStarted(run: LiveRun): StartedRun {
  const ended = run.ended ? run.witness?.view() : null;
  return { executionId: run.id, deduplicated: false, ...(ended && { ended }) };
}
