import { targetsOf } from '../edges.js';
import type { ScopeEntry, StepEntry } from '../outline.js';
import { at } from '../json-path.js';
import type { Rule } from '../rule.js';

/** The steps of a scope form no cycle; loops are containers. One cycle a scope is named, with its steps in order. */
export const cyclesRule: Rule = ({ outline, findings }) => {
  for (const scope of outline.scopes) {
    const cycle = findCycle(scope);
    const first = cycle?.[0];
    if (!cycle || !first) continue;
    const ids = [...cycle.map((entry) => entry.id), first.id];
    const named = ids.length > 12 ? [...ids.slice(0, 6), '...', ...ids.slice(-5)] : ids;
    const message = `Steps form a cycle: ${named.join(' -> ')}; use a foreach or while step to repeat`;
    findings.error(at(first.path), 'cycle', message);
  }
};

/** Depth-first search with a stack of its own, so that long chains cannot overflow the call stack. */
function findCycle(scope: ScopeEntry): StepEntry[] | undefined {
  const done = new Set<StepEntry>();
  for (const start of scope.steps) {
    if (done.has(start)) continue;
    const path: StepEntry[] = [start];
    const onPath = new Set(path);
    const iterators = [targetsOf(start).values()];
    while (path.length > 0) {
      const target = iterators.at(-1)?.next().value;
      if (!target) {
        const left = path.pop();
        iterators.pop();
        if (left) {
          onPath.delete(left);
          done.add(left);
        }
      } else if (onPath.has(target)) {
        return path.slice(path.indexOf(target));
      } else if (!done.has(target)) {
        path.push(target);
        onPath.add(target);
        iterators.push(targetsOf(target).values());
      }
    }
  }
  return undefined;
}
