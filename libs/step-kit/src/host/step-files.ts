import { AppError, type StepTask } from '@rpa/contracts';
import { insist, isPassing, referredFiles, type FilesClient } from '@rpa/files';
import type { StepFiles } from '../step/define-step.js';
import { StepFailure } from '../step/step-failure.js';
import { maskBytes, type Mask } from './mask-secrets.js';
import type { Abortable } from './running-task.js';

/** The files of one attempt. */
export function stepFiles(files: FilesClient, task: StepTask, running: Abortable, mask: () => Mask): StepFiles {
  return {
    async save(content, contentType) {
      try {
        return await files.save(task, maskBytes(content, mask()), contentType, running.signal);
      } catch (error) {
        throw toSaveFailure(error);
      }
    },
    async *open(reference) {
      const [id = ''] = referredFiles(reference);
      try {
        const ticket = (
          await insist(
            () => !running.reason,
            () => files.find(task, [id]),
          )
        ).get(id);
        if (!ticket) throw new AppError('not_found', `The file ${id} does not belong to this execution.`);
        yield* files.read(ticket, running.signal);
      } catch (error) {
        throw toOpenFailure(error);
      }
    },
  };
}

/** What the step did may have happened: only its output is lost. */
export function toSaveFailure(error: unknown): unknown {
  if (!AppError.is(error)) return error;
  if (error.code === 'too_large') return new StepFailure('output_too_large', error.message, { cause: error });
  return new StepFailure('output_not_stored', `The output could not be stored: ${error.message}`, {
    retryable: true,
    effectUnknown: true,
    cause: error,
  });
}

export function toOpenFailure(error: unknown): unknown {
  if (!AppError.is(error)) return error;
  if (error.code === 'not_found') return new StepFailure('file_not_found', error.message, { cause: error });
  if (error.code === 'file_damaged') return new StepFailure('file_damaged', error.message, { cause: error });
  return new StepFailure('file_unavailable', `A file could not be read: ${error.message}`, {
    retryable: isPassing(error),
    cause: error,
  });
}
