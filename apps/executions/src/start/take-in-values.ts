import type { JsonObject } from '@rpa/contracts';
import type { StartInput } from '@rpa/engine';
import { ON_FAILURE } from '../on-failure/on-failure-row.js';
import type { LargeValues } from '../values/large-values.js';
import type { PendingFiles } from '../values/pending-files.js';
import type { StartWish } from './start-run.js';

/**
 * The inputs of a start with the contents of what another run has put into files; what stays closed, for it is too large,
 * belongs to this run too.
 */
export async function takeInValues(wish: StartWish, values: LargeValues, files: PendingFiles): Promise<JsonObject> {
  const { organizationId, trigger, part } = wish;
  let { inputs } = wish;
  for (const executionId of formerRuns(wish)) {
    inputs = await values.open({ organizationId, executionId }, inputs);
    files.inherit(executionId, [inputs, trigger.payload, part?.pins]);
  }
  return inputs;
}

/** Runs whose values come with the start: parent, former run, the run that failed. */
function formerRuns({ parent, rerunOf, trigger }: StartWish): string[] {
  const failed = trigger.type === ON_FAILURE ? trigger.id : undefined;
  return [parent?.executionId, rerunOf, failed].filter((id) => id !== undefined);
}

export function keptTrigger({ trigger }: StartInput, files: PendingFiles): StartInput['trigger'] {
  return files.put(trigger as unknown as JsonObject, true) as unknown as StartInput['trigger'];
}
