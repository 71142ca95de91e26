import type { JsonObject, JsonValue } from '@rpa/contracts';
import type { TemplateNeeds } from '../plan/template.js';
import type { Run } from './run.js';
import type { ScopeState } from './scope-state.js';
import type { StepState } from './step-state.js';

export interface LoopView {
  index: number;
  first?: boolean;
  last?: boolean;
  previous?: JsonValue;
}

/** The names that an expression can see at a place of the run, as far as it reads them. */
export function scopeValues(
  run: Run,
  scope: ScopeState,
  needs: TemplateNeeds,
  at: number,
  loop?: LoopView,
): { [root: string]: unknown } {
  const values: { [root: string]: unknown } = {};
  for (const root of needs.roots) values[root] = rootValue(root, run, scope, needs, at, loop);
  return values;
}

function rootValue(
  root: string,
  run: Run,
  scope: ScopeState,
  needs: TemplateNeeds,
  at: number,
  loop: LoopView | undefined,
): unknown {
  const { start } = run;
  switch (root) {
    case 'inputs':
      return start.inputs;
    case 'variables':
      return variableValues(run.variables, needs.variables);
    case 'env':
      return start.env ?? {};
    case 'steps':
      return stepValues(scope, needs.steps);
    case 'trigger':
      return { payload: null, headers: {}, ...start.trigger };
    case 'item':
      return itemOf(scope);
    case 'loop':
      return loop ?? loopView(scope);
    case 'execution':
      return { id: start.executionId, startedAt: isoTime(run.startedAt) };
    case 'workflow':
      return start.workflow;
    case 'now':
      return isoTime(at);
    default:
      return undefined;
  }
}

/** Variables that were never set read as null. */
function variableValues(variables: JsonObject, names: readonly string[] | 'all'): JsonObject {
  if (names === 'all' || names.every((name) => Object.hasOwn(variables, name))) return variables;
  const unset = names.filter((name) => name !== '__proto__' && !Object.hasOwn(variables, name));
  return { ...variables, ...Object.fromEntries(unset.map((name) => [name, null])) };
}

function stepValues(scope: ScopeState, ids: readonly string[] | 'all'): { [id: string]: unknown } {
  const views: { [id: string]: unknown } = {};
  for (const id of ids === 'all' ? visibleIds(scope) : ids) {
    const view = viewOf(scope, id);
    if (view) views[id] = view;
  }
  return views;
}

function visibleIds(scope: ScopeState): string[] {
  const ids: string[] = [];
  for (let at: ScopeState | undefined = scope; at; at = at.parent) ids.push(...at.plan.byId.keys());
  return ids;
}

function viewOf(scope: ScopeState, id: string): object | undefined {
  for (let at: ScopeState | undefined = scope; at; at = at.parent) {
    const node = at.plan.byId.get(id);
    if (node) return stepView(at.steps[node.index]);
  }
  return undefined;
}

const UNSETTLED = { output: null, status: 'pending', error: null, attempt: 0 };

function stepView(step: StepState | undefined): object {
  if (!step) return UNSETTLED;
  const { output, status, error, attempt, errors } = step;
  return errors === undefined ? { output, status, error, attempt } : { output, status, error, attempt, errors };
}

function itemOf(scope: ScopeState): JsonValue {
  for (let at: ScopeState | undefined = scope; at; at = at.parent) {
    const { owner } = at;
    if (owner?.node.type !== 'foreach') continue;
    const items = owner.loop?.items;
    return Array.isArray(items) ? (items[at.index] ?? null) : null;
  }
  return null;
}

function loopView(scope: ScopeState): LoopView | null {
  const loop = scope.owner?.loop;
  if (!loop) return null;
  const { index } = scope;
  if (scope.owner?.node.type === 'while') return { index, first: index === 0, previous: loop.previous };
  return { index, first: index === 0, last: index === loop.count - 1 };
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
