import type { JsonObject, JsonValue, StepTask } from '@rpa/contracts';
import { insist, readValue, referredFile, referredFiles, withContents, type FilesClient } from '@rpa/files';
import type { Step } from '../step/define-step.js';
import { StepFailure } from '../step/step-failure.js';
import type { Abortable } from './running-task.js';
import { toOpenFailure } from './step-files.js';

/** What the contents of one config may have together: they are held in memory. */
const MOST_BYTES = 16 * 1024 * 1024;

/** The config with the contents of the files that it refers to; a field that the step keeps closed may be a reference itself. */
export async function openConfig(
  step: Step,
  task: StepTask,
  files: FilesClient,
  running: Abortable,
): Promise<JsonObject> {
  const { config } = task;
  const closed = (step.closed ?? []).filter((name) => referredFile(config[name]) !== undefined);
  const open = closed.length === 0 ? config : without(config, closed);
  if (referredFiles(open).size === 0) return config;
  try {
    return { ...config, ...(await contentsOf(open, task, files, running)) };
  } catch (error) {
    throw toOpenFailure(error);
  }
}

/** A file may refer to others: each round opens what the one before has brought up. */
async function contentsOf(
  config: JsonObject,
  task: StepTask,
  files: FilesClient,
  running: Abortable,
): Promise<JsonObject> {
  let opened: JsonValue = config;
  let bytes = 0;
  for (let ids = [...referredFiles(opened)]; ids.length > 0; ids = [...referredFiles(opened)]) {
    const tickets = await insist(
      () => !running.reason,
      () => files.find(task, ids),
    );
    const contents = new Map<string, JsonValue>();
    for (const id of ids) {
      const ticket = tickets.get(id);
      if (!ticket) throw notFound(id);
      bytes += ticket.size;
      if (bytes > MOST_BYTES) throw tooLarge(bytes);
      contents.set(id, readValue(ticket, await files.readAll(ticket, running.signal)));
    }
    opened = withContents(opened, contents);
  }
  return opened as JsonObject;
}

function without(config: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([name]) => !names.includes(name)));
}

function notFound(id: string): StepFailure {
  return new StepFailure('file_not_found', `The file ${id} does not exist, or does not belong to this execution.`);
}

function tooLarge(bytes: number): StepFailure {
  return new StepFailure(
    'value_too_large',
    `The files in the config have ${bytes} bytes together; a step gets at most ${MOST_BYTES}.`,
  );
}
