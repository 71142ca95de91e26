import type { CredentialGrant, StepError, StepTask } from '@rpa/contracts';
import type { Identity } from '@rpa/platform';
import type { Delivery } from './delivery.js';

const GRANT_SECONDS = 60;
/** One NATS message, headers included, has 64 KiB. */
export const TASK_LIMIT_BYTES = 48 * 1024;

/** The message to the worker. A credential travels as a short permission to fetch it, never itself. */
export function buildTask(delivery: Delivery, owner: string, identity: Identity): StepTask | Promise<StepTask> {
  const { effect, run, ref } = delivery;
  const task: StepTask = {
    executionId: ref.executionId,
    path: ref.path,
    attempt: ref.attempt,
    delivery: ref.delivery,
    organizationId: run.identity.organizationId,
    owner,
    type: effect.stepType,
    typeVersion: effect.typeVersion,
    config: effect.config,
    timeoutMs: effect.timeoutMs,
    sideEffect: effect.sideEffect,
    idempotencyKey: effect.idempotencyKey,
    ...(delivery.alone && { alone: true }),
  };
  return effect.credential === undefined ? task : withGrant(task, effect.credential, identity);
}

async function withGrant(task: StepTask, credential: string, identity: Identity): Promise<StepTask> {
  const claims: CredentialGrant = {
    organizationId: task.organizationId,
    credentialKey: credential,
    executionId: task.executionId,
    path: task.path,
    attempt: task.attempt,
  };
  const expiresInSeconds = GRANT_SECONDS + Math.ceil(task.timeoutMs / 1000);
  const credentialGrant = await identity.sign({ ...claims }, { audience: 'credentials-vault', expiresInSeconds });
  return { ...task, credentialGrant };
}

export function taskTooLarge(bytes: number): StepError {
  return {
    code: 'task_too_large',
    message: `The step's evaluated config makes a task of ${bytes} bytes; ${TASK_LIMIT_BYTES} are allowed.`,
    retryable: false,
  };
}
