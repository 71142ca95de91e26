import type { JournalRecord, JsonObject } from '@rpa/contracts';
import type { Plan } from '../plan/plan.js';
import { Run } from '../state/run.js';
import type { StartInput } from '../types.js';
import { holdsFile } from '../state/file-references.js';
import { leaveOut } from './partial-run.js';
import { makeReady } from './phases.js';

/** Data of `execution_started`: the start as it came, and the variables as they were evaluated. */
export interface StartedData extends Omit<StartInput, 'at'> {
  variables: JsonObject;
}

export function foldStarted(plan: Plan, record: JournalRecord): Run {
  const { variables, ...start } = record.data as unknown as StartedData;
  const run = new Run(plan, { ...start, at: record.at });
  run.seq = record.seq;
  run.startedAt = record.at;
  run.lastAt = record.at;
  run.variables = { ...variables };
  run.dueAt = plan.timeoutMs === undefined ? undefined : record.at + plan.timeoutMs;
  run.holdsFiles = [start.inputs, start.trigger.payload, start.env, variables].some((value) => holdsFile(value));
  for (const adopted of start.adopt ?? []) {
    run.adopt.set(adopted.path, adopted);
    run.holdsFiles ||= holdsFile(adopted.output);
  }
  for (const node of leaveOut(run) ?? plan.root.roots) makeReady(run, run.root.step(node));
  return run;
}
