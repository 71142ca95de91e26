import { INLINE_VALUE_LIMIT, type FileReference, type JsonValue, type StepTask } from '@rpa/contracts';
import { insist, jsonChunks, largeParts, type FilesClient } from '@rpa/files';
import { StepFailure } from '../step/step-failure.js';
import { maskBytes, maskValue, type Mask } from './mask-secrets.js';
import type { Abortable } from './running-task.js';
import { toSaveFailure } from './step-files.js';

const JSON_TYPE = 'application/json';

/** The output as it travels: what is too large for a message stands in files that are stored by then. */
export async function keepOutput(
  output: unknown,
  task: StepTask,
  files: FilesClient,
  running: Abortable,
  mask: Mask,
): Promise<JsonValue> {
  const save = (value: unknown): Promise<FileReference> =>
    insist(
      () => !running.reason,
      () => files.save(task, maskBytes(jsonChunks(value), mask), JSON_TYPE, running.signal),
    ).catch((error: unknown) => {
      throw toSaveFailure(error);
    });
  try {
    const parts = largeParts(output, INLINE_VALUE_LIMIT);
    if (parts === 'none') return maskValue(plain(output), mask);
    if (parts === 'whole') return (await save(output)) as unknown as JsonValue;
    const kept = { ...(output as Record<string, unknown>) };
    for (const name of parts) kept[name] = await save(kept[name]);
    return maskValue(plain(kept), mask);
  } catch (error) {
    if (error instanceof StepFailure) throw error;
    if (!(error instanceof TypeError) && !(error instanceof RangeError)) throw error;
    throw new StepFailure('output_invalid', 'The output cannot be written as JSON.', { cause: error });
  }
}

/** Throws for what JSON cannot hold. */
function plain(output: unknown): JsonValue {
  return JSON.stringify(output) === undefined ? null : (output as JsonValue);
}
