import type { JsonObject, JsonValue } from '@rpa/contracts';
import { LIMITS } from '../definition/limits.js';
import { isObject } from '../definition/normalize.js';
import type { Findings } from './findings.js';
import { at } from './json-path.js';

/** One step of the definition as it was written, and where it stands. */
export interface StepEntry {
  step: JsonObject;
  path: string;
  scope: ScopeEntry;
  /** The step's id when it is a text. */
  id: string | undefined;
  type: string;
  body: ScopeEntry | undefined;
}

/** The list of steps of the definition or of one body. */
export interface ScopeEntry {
  path: string;
  owner: StepEntry | undefined;
  steps: StepEntry[];
  /** The first step of each id. */
  byId: Map<string, StepEntry>;
}

export interface Outline {
  root: ScopeEntry;
  scopes: ScopeEntry[];
  steps: StepEntry[];
}

/** Walks the definition once, without recursion, and lists its scopes and steps; what is no list or no step is reported. */
export function outlineOf(definition: JsonObject, findings: Findings): Outline {
  const root: ScopeEntry = { path: 'steps', owner: undefined, steps: [], byId: new Map() };
  const outline: Outline = { root, scopes: [], steps: [] };
  const open: { scope: ScopeEntry; list: JsonValue | undefined; depth: number }[] = [
    { scope: root, list: definition['steps'], depth: 0 },
  ];
  for (let next = open.pop(); next; next = open.pop()) {
    const { scope, list, depth } = next;
    outline.scopes.push(scope);
    if (!isStepList(list, scope, findings)) continue;
    if (outline.steps.length + list.length > LIMITS.steps) {
      const message = `The definition has more than ${LIMITS.steps} steps (limit: steps)`;
      findings.error(scope.path, 'too_many_steps', message);
      break;
    }
    list.forEach((step, index) => addStep(step, at(scope.path, index), scope, outline, findings));
    for (const entry of [...scope.steps].reverse()) {
      if (!entry.body) continue;
      if (depth + 1 > LIMITS.nesting) {
        const message = `Bodies are nested deeper than ${LIMITS.nesting} levels (limit: nesting)`;
        findings.error(entry.body.path, 'nesting_too_deep', message);
      } else open.push({ scope: entry.body, list: entry.step['steps'], depth: depth + 1 });
    }
  }
  return outline;
}

function isStepList(list: JsonValue | undefined, scope: ScopeEntry, findings: Findings): list is JsonValue[] {
  if (Array.isArray(list) && list.length > 0) return true;
  const message = list === undefined ? 'steps is required' : 'steps must be a list with at least one step';
  findings.error(scope.path, 'steps_required', message);
  return false;
}

function addStep(step: JsonValue, path: string, scope: ScopeEntry, outline: Outline, findings: Findings): void {
  if (!isObject(step)) {
    findings.error(path, 'invalid_type', 'A step must be an object');
    return;
  }
  const id = typeof step['id'] === 'string' ? step['id'] : undefined;
  const type = typeof step['type'] === 'string' ? step['type'] : '';
  const entry: StepEntry = { step, path, scope, id, type, body: undefined };
  if (step['steps'] !== undefined) {
    entry.body = { path: at(path, 'steps'), owner: entry, steps: [], byId: new Map() };
  }
  scope.steps.push(entry);
  outline.steps.push(entry);
  if (id !== undefined && !scope.byId.has(id)) scope.byId.set(id, entry);
}
