import type { JournalRecord } from '@rpa/contracts';

export interface StepCost {
  step: string;
  type: string;
  runs: number;
  attempts: number;
  failures: number;
  durationMs: number;
  longestMs: number;
}

const SETTLED = new Set(['step_completed', 'step_failed', 'step_cancelled']);
/** Steps of one run that are told apart. */
const MAX_STEPS = 200;

/** What each step of a run took, iterations of a container together: `each.3.one` counts for `each.one`. */
export function costsOf(records: Iterable<JournalRecord>): StepCost[] {
  const costs = new Map<string, StepCost>();
  const began = new Map<string, { at: number; type: string }>();
  for (const { type, path, attempt, at, data } of records) {
    if (path === undefined) continue;
    if (!began.has(path)) began.set(path, { at, type: '' });
    const start = began.get(path);
    if (start && typeof data['stepType'] === 'string') start.type = data['stepType'];
    if (!SETTLED.has(type) || !start) continue;
    const step = path.replace(/\.\d+(?=\.|$)/g, '');
    const cost = costs.get(step) ?? newCost(step);
    if (!costs.has(step) && costs.size >= MAX_STEPS) continue;
    const took = Math.max(0, at - start.at);
    cost.type ||= start.type;
    cost.runs++;
    cost.attempts += attempt ?? 1;
    if (type === 'step_failed') cost.failures++;
    cost.durationMs += took;
    cost.longestMs = Math.max(cost.longestMs, took);
    costs.set(step, cost);
  }
  return [...costs.values()];
}

function newCost(step: string): StepCost {
  return { step, type: '', runs: 0, attempts: 0, failures: 0, durationMs: 0, longestMs: 0 };
}
