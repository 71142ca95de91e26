import type { JsonValue } from '@rpa/contracts';
import { isObject } from '../definition/normalize.js';
import { at } from './json-path.js';
import type { StepEntry } from './outline.js';

export interface EdgeList {
  /** Where the list stands. */
  path: string;
  /** Ids and where each stands; entries that are no text are left out. */
  targets: { id: string; path: string }[];
  /** The written form is neither an id nor a list of ids. */
  malformed: boolean;
}

/** Every list of targets of a step: `next`, each branch, the error route; in any form that may be written. */
export function edgeLists({ step, path }: StepEntry): EdgeList[] {
  const lists: EdgeList[] = [];
  if (step['next'] !== undefined) lists.push(listOf(step['next'], at(path, 'next')));
  const branches = step['branches'];
  if (isObject(branches)) {
    for (const [name, targets] of Object.entries(branches)) lists.push(listOf(targets, at(path, 'branches', name)));
  }
  const route = routeOf(step['onError'], at(path, 'onError'));
  if (route) lists.push(route);
  return lists;
}

function routeOf(onError: JsonValue | undefined, path: string): EdgeList | undefined {
  if (onError === undefined || onError === 'fail' || onError === 'continue') return undefined;
  if (!isObject(onError)) return listOf(onError, path);
  return onError['steps'] === undefined ? undefined : listOf(onError['steps'], at(path, 'steps'));
}

function listOf(value: JsonValue, path: string): EdgeList {
  if (typeof value === 'string') return { path, targets: [{ id: value, path }], malformed: false };
  if (!Array.isArray(value)) return { path, targets: [], malformed: true };
  const targets: EdgeList['targets'] = [];
  value.forEach((id, index) => {
    if (typeof id === 'string') targets.push({ id, path: at(path, index) });
  });
  return { path, targets, malformed: targets.length !== value.length };
}

/** The steps of the same scope that a step leads to, each once. */
export function targetsOf(entry: StepEntry): Set<StepEntry> {
  const targets = new Set<StepEntry>();
  for (const list of edgeLists(entry)) {
    for (const { id } of list.targets) {
      const target = entry.scope.byId.get(id);
      if (target) targets.add(target);
    }
  }
  return targets;
}
