import type { RetryPolicy } from '@rpa/contracts';
import type { StepDefinition } from '../definition/definition.js';
import { parseDuration } from '../definition/duration.js';
import type { StepType, StepTypes } from '../steps/step-types.js';
import { NO_RETRY, type PlanEdge, type PlanNode, type PlanScope } from './plan.js';
import { compileValue } from './template.js';

type Building = { -readonly [K in keyof PlanNode]: PlanNode[K] } & { edges: PlanEdge[] };

/** Steps of these types never give an output that stands for their scope. */
const GIVES_NOTHING = new Set(['break', 'continue', 'fail', 'stop']);
const DEFAULT_TIMEOUT_MS = 300_000;
const DEFAULT_RETRY: RetryPolicy = {
  maxAttempts: 3,
  backoff: 'exponential',
  delay: '1s',
  maxDelay: '60s',
  jitter: true,
};

export function compileScope(steps: readonly StepDefinition[], stepTypes: StepTypes): PlanScope {
  const nodes = steps.map((step, index) => compileNode(step, index, stepTypes));
  const byId = new Map<string, Building>(nodes.map((node) => [node.id, node]));
  steps.forEach((step, index) => connect(nodes[index]!, step, byId));
  return {
    nodes,
    byId,
    roots: nodes.filter((node) => node.incoming === 0),
    last: nodes.filter((node, index) => isLast(steps[index]!) && !GIVES_NOTHING.has(node.type)),
  };
}

function isLast(step: StepDefinition): boolean {
  return !step.next?.length && !Object.values(step.branches ?? {}).some((targets) => targets.length > 0);
}

function compileNode(step: StepDefinition, index: number, stepTypes: StepTypes): Building {
  const type = stepTypes.get(step.type, step.typeVersion) ?? stepTypes.newest(step.type);
  if (!type) throw new Error(`Step type ${step.type} is unknown`);
  const { condition, ...config } = step.config ?? {};
  const isWhile = step.type === 'while';
  const body = step.steps && compileScope(step.steps, stepTypes);
  const ownTimeoutMs = parseDuration(step.timeout);
  return {
    index,
    id: step.id,
    type: step.type,
    typeVersion: step.typeVersion ?? type.version,
    edges: [],
    incoming: 0,
    join: step.join ?? 'all',
    branchNames: Object.keys(step.branches ?? {}),
    when: step.when === undefined ? undefined : compileValue(step.when),
    config: compileValue(isWhile ? config : (step.config ?? {})),
    condition: isWhile ? compileValue(condition ?? null) : undefined,
    credential: step.credential,
    timeoutMs: ownTimeoutMs ?? parseDuration(type.timeout) ?? DEFAULT_TIMEOUT_MS,
    ownTimeoutMs,
    retry: retryOf(step, type),
    onError: step.onError?.action ?? 'fail',
    sideEffect: step.sideEffect ?? type.sideEffect ?? { default: 'once' },
    disabled: step.disabled === true,
    pool: step.pool ?? type.pool ?? 'default',
    inline: stepTypes.isBuiltIn(step.type),
    body,
    writesVariables: step.type === 'set_variable' || (body?.nodes.some((node) => node.writesVariables) ?? false),
  };
}

function retryOf(step: StepDefinition, type: StepType): RetryPolicy {
  if (step.retry) return { ...DEFAULT_RETRY, ...type.retry, ...step.retry };
  return type.retry ?? NO_RETRY;
}

function connect(node: Building, step: StepDefinition, byId: ReadonlyMap<string, Building>): void {
  const edges = new Map<Building, { next: boolean; route: boolean; branches: string[] }>();
  const edgeTo = (id: string) => {
    const to = byId.get(id);
    if (!to) throw new Error(`Step ${step.id} leads to ${id}, which its scope does not have`);
    let edge = edges.get(to);
    if (!edge) edges.set(to, (edge = { next: false, route: false, branches: [] }));
    return edge;
  };
  for (const id of step.next ?? []) edgeTo(id).next = true;
  for (const [name, ids] of Object.entries(step.branches ?? {})) for (const id of ids) edgeTo(id).branches.push(name);
  for (const id of step.onError?.steps ?? []) edgeTo(id).route = true;
  for (const [to, edge] of edges) {
    to.incoming++;
    node.edges.push({ to, ...edge });
  }
}
