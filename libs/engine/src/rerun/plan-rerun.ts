import type { JournalRecord, JsonObject, SideEffect } from '@rpa/contracts';
import { findNode } from '../plan/find-node.js';
import type { Plan, PlanNode } from '../plan/plan.js';
import { sideEffectClass } from '../run/queue-step.js';
import type { Adoption } from '../types.js';
import { RerunFrom } from './rerun-from.js';

export interface RerunOptions {
  /** What the new run runs. */
  plan: Plan;
  /** What the former run ran; the same object when that is the same version. */
  formerPlan: Plan;
  /** Path of the step from which everything runs again; `all`: nothing is taken over; absent: only what has not worked. */
  from?: string;
}

/** A step that had begun in the former run and begins again in the new one, so that its effect happens once more. */
export interface RepeatedEffect {
  path: string;
  type: string;
  /** Null for a sub-workflow, whose steps have classes of their own. */
  sideEffect: Exclude<SideEffect, 'pure'> | null;
  /** What became of it in the former run. */
  status: 'completed' | 'failed' | 'cancelled' | 'unknown';
  /** Run of the sub-workflow. */
  executionId?: string;
}

const MAX_REPEATS = 1_000;
const ALL = 'all';

/**
 * Decides what a retry or rerun takes over from the former run, from that run's journal, read twice in order: `note` every
 * record, then `adopt` every record. What it keeps in memory does not grow with iterations.
 */
export class PlanRerun {
  /** The first so many, and how many there are. */
  readonly repeats: RepeatedEffect[] = [];
  repeated = 0;
  adopted = 0;
  private readonly from: RerunFrom | undefined;
  /** Containers of the top level that are taken over whole; what is inside them is not looked at. */
  private readonly whole = new Set<string>();
  /** Effects that began and have not settled so far. */
  private readonly begun = new Map<string, RepeatedEffect>();

  constructor(private readonly options: RerunOptions) {
    const { plan, from } = options;
    this.from = from === undefined || from === ALL ? undefined : new RerunFrom(plan.root, from);
  }

  note({ type, path, data }: JournalRecord): void {
    if (path === undefined || path.includes('.')) return;
    if (type !== 'step_completed' && type !== 'step_adopted') return;
    const node = this.nodeOf(path);
    if (node?.body && this.settled(node, path, data)) this.whole.add(path);
  }

  /** What the new run takes over because of this record; a later one of the same path counts more. */
  adopt(record: JournalRecord): Adoption['kind'] | undefined {
    const { type, path } = record;
    if (path === undefined || this.isInside(path)) return undefined;
    const node = this.nodeOf(path);
    if (type === 'step_queued') this.begin(record, path, node);
    const kind = node && this.kindOf(node, record, path);
    const ended = ENDS[type];
    if (kind === 'settled') {
      this.begun.delete(path);
      this.adopted++;
    } else if (ended) this.repeat(path, { status: isUnknown(record) ? 'unknown' : ended });
    else if (type === 'child_started') this.repeatOf(path).executionId = record.data['executionId'] as string;
    return kind;
  }

  /** After the last record. */
  finish(): void {
    for (const path of [...this.begun.keys()]) this.repeat(path, { status: 'unknown' });
  }

  private kindOf(node: PlanNode, { type, data }: JournalRecord, path: string): Adoption['kind'] | undefined {
    if (this.options.from === ALL) return undefined;
    if (type === 'iterations_planned' && node.type === 'foreach' && this.mayEnter(path)) return 'planned';
    if (this.from?.runsAgain(path)) return undefined;
    if (type === 'child_started') return 'child';
    if (type === 'step_completed' || type === 'step_adopted')
      return this.settled(node, path, data) ? 'settled' : undefined;
    if (type === 'step_failed') return node.onError !== 'fail' ? 'settled' : undefined;
    // What its edges or its condition say is looked at again.
    return type === 'step_skipped' && data['reason'] === 'decision' ? 'settled' : undefined;
  }

  private mayEnter(path: string): boolean {
    return !this.from?.runsAgain(path) || this.from.isAround(path);
  }

  private settled(node: PlanNode, path: string, data: JsonObject): boolean {
    if (this.options.from === ALL || this.from?.runsAgain(path)) return false;
    return !node.writesVariables && data['disabled'] !== true;
  }

  /** Steps of another version under the same id are only the same step when they have the same type. */
  private nodeOf(path: string): PlanNode | undefined {
    const { plan, formerPlan } = this.options;
    const node = findNode(plan.root, path);
    if (!node || plan === formerPlan) return node;
    return findNode(formerPlan.root, path)?.type === node.type ? node : undefined;
  }

  private isInside(path: string): boolean {
    const dot = path.indexOf('.');
    return dot > 0 && this.whole.has(path.slice(0, dot));
  }

  private begin({ data, attempt = 1 }: JournalRecord, path: string, node: PlanNode | undefined): void {
    if (!node || attempt > 1) return;
    if (node.type !== 'sub_workflow' && node.inline) return;
    const config = (data['config'] as JsonObject | undefined) ?? {};
    const sideEffect = node.type === 'sub_workflow' ? null : sideEffectClass(node, config);
    if (sideEffect !== 'pure') this.begun.set(path, { path, type: node.type, sideEffect, status: 'unknown' });
  }

  private repeat(path: string, end: Pick<RepeatedEffect, 'status'>): void {
    const effect = this.begun.get(path);
    if (!effect) return;
    this.begun.delete(path);
    this.repeated++;
    if (this.repeats.length < MAX_REPEATS) this.repeats.push({ ...effect, ...end });
  }

  private repeatOf(path: string): Partial<RepeatedEffect> {
    return this.begun.get(path) ?? {};
  }
}

const ENDS: { readonly [type: string]: 'completed' | 'failed' | 'cancelled' } = {
  step_completed: 'completed',
  step_adopted: 'completed',
  step_failed: 'failed',
  step_cancelled: 'cancelled',
  step_skipped: 'completed',
};

function isUnknown({ data }: JournalRecord): boolean {
  return data['outcome'] === 'unknown';
}
