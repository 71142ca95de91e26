import { setTimeout as sleep } from 'node:timers/promises';
import { requestStepStart, type StepTask } from '@rpa/contracts';
import type { StepHostOptions } from './host-options.js';
import type { Abortable } from './running-task.js';

const TRIES = 5;
const PAUSE_MS = 200;

/**
 * Asks whether a step of class `once` may begin. Without a clear yes it does not: the start is not durable then, or
 * somebody else's, and the owner sends the task again if it is still due.
 */
export async function requestStart(
  { bus, identity, logger }: Pick<StepHostOptions, 'bus' | 'identity' | 'logger'>,
  task: StepTask,
  worker: string,
  running: Abortable,
  traceparent: string | null,
): Promise<boolean> {
  const { executionId, path, attempt, organizationId } = task;
  for (let tried = 1; tried <= TRIES && !running.reason; tried++)
    try {
      const principal = await identity.serviceToken({ id: organizationId });
      const request = { executionId, path, attempt, worker };
      const { granted } = await bus.request(requestStepStart, request, {
        principal,
        timeoutMs: 2_000,
        ...(traceparent && { traceparent }),
      });
      return granted;
    } catch (error) {
      if (tried === TRIES)
        logger.warn({ executionId, path, reason: (error as Error).message }, 'The start of a step was not granted');
      await sleep(PAUSE_MS * tried);
    }
  return false;
}
