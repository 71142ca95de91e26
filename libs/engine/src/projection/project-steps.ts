import type { JournalRecord, RecordType, StepError, StepStatus } from '@rpa/contracts';
import { findNode } from '../plan/find-node.js';
import type { Plan, PlanNode } from '../plan/plan.js';
import type { StepView } from './step-view.js';

interface Projected {
  view: StepView;
  startedAt: number | undefined;
}

export interface ProjectionOptions {
  /** Path of a container (`each`: the steps of all its iterations) or of one iteration (`each.3`); absent: the top level. */
  parent?: string;
  /** Gives the types of steps, and those that have not been reached yet. */
  plan?: Plan;
}

/** What the steps of a run have come to, straight from its journal; steps that the journal does not name come from the plan. */
export function projectSteps(records: Iterable<JournalRecord>, options: ProjectionOptions = {}): StepView[] {
  const steps = new Map<string, Projected>();
  const { parent, plan } = options;
  if (plan && parent === undefined) for (const node of plan.root.nodes) add(steps, node.id, node);
  let ended = false;
  for (const record of records) {
    if (record.type.startsWith('execution_')) ended ||= END_TYPES.has(record.type);
    if (record.path === undefined || !belongs(record.path, parent)) continue;
    const step = steps.get(record.path) ?? add(steps, record.path, plan && findNode(plan.root, record.path));
    CHANGES[record.type]?.(step, record);
    if (record.attempt !== undefined) step.view.attempt = record.attempt;
  }
  const views = [...steps.values()].map((step) => step.view);
  // What an ended run never reached will not run any more.
  if (ended) for (const view of views) if (view.status === 'pending') view.status = 'skipped';
  return views;
}

const END_TYPES: ReadonlySet<RecordType> = new Set([
  'execution_completed',
  'execution_failed',
  'execution_cancelled',
  'execution_timed_out',
]);

function add(steps: Map<string, Projected>, path: string, node: PlanNode | undefined): Projected {
  const view: StepView = {
    path,
    id: path.slice(path.lastIndexOf('.') + 1),
    type: node?.type ?? '',
    status: 'pending',
    attempt: 0,
    output: null,
    error: null,
    startedAt: null,
    completedAt: null,
    durationMs: null,
  };
  const step = { view, startedAt: undefined };
  steps.set(path, step);
  return step;
}

/** Iteration records carry the container's own path, so a path with an even number of parts never is a step. */
function belongs(path: string, parent: string | undefined): boolean {
  if (parent === undefined) return !path.includes('.');
  if (!path.startsWith(`${parent}.`)) return false;
  const rest = path.slice(parent.length + 1).split('.');
  const isIteration = /(^|\.)\d+$/.test(parent);
  return rest.length === (isIteration ? 1 : 2);
}

type Change = (step: Projected, record: JournalRecord) => void;

const runs =
  (status: StepStatus): Change =>
  (step, record) => {
    step.view.status = status;
    begin(step, record);
  };

const settles =
  (status: StepStatus): Change =>
  (step, record) => {
    const { view } = step;
    const { data, at } = record;
    begin(step, record);
    view.status = (data['status'] as StepStatus | undefined) ?? status;
    view.output = data['output'] ?? null;
    view.error = (data['error'] as unknown as StepError | null | undefined) ?? null;
    view.completedAt = time(at);
    view.durationMs = Math.max(0, at - (step.startedAt ?? at));
  };

const retries: Change = (step, { data }) => {
  step.view.status = 'waiting';
  step.view.error = data['error'] as unknown as StepError;
};

function begin(step: Projected, { at, data }: JournalRecord): void {
  if (step.view.type === '' && typeof data['stepType'] === 'string') step.view.type = data['stepType'];
  if (step.startedAt !== undefined) return;
  step.startedAt = at;
  step.view.startedAt = time(at);
}

const CHANGES: { readonly [type in RecordType]?: Change } = {
  step_queued: runs('running'),
  step_starting: runs('running'),
  iterations_planned: runs('running'),
  step_waiting: runs('waiting'),
  approval_requested: runs('waiting'),
  child_started: runs('waiting'),
  decision_required: runs('waiting'),
  step_retrying: retries,
  step_completed: settles('completed'),
  step_failed: settles('failed'),
  step_skipped: settles('skipped'),
  step_cancelled: settles('cancelled'),
  step_adopted: settles('completed'),
};

function time(at: number): string {
  return new Date(at).toISOString();
}
