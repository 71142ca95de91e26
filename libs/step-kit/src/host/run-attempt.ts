import { type CredentialValue, type JsonValue, type StepError, type StepTask, type TaskResult } from '@rpa/contracts';
import type { FilesClient } from '@rpa/files';
import type { Bus } from '@rpa/messaging';
import type { HttpClient } from '../http/http-client.js';
import { checkConfig } from '../step/check-config.js';
import type { Step } from '../step/define-step.js';
import { StepFailure, toStepError } from '../step/step-failure.js';
import type { HostIdentity, HostLogger } from './host-options.js';
import { keepOutput } from './keep-output.js';
import { maskNothing, maskOf, maskValue, type Mask } from './mask-secrets.js';
import { redeemCredential } from './redeem-credential.js';
import type { Abortable } from './running-task.js';
import { openConfig } from './open-config.js';
import type { ShipLogs } from './ship-logs.js';
import { StepLogs } from './step-logs.js';
import { stepFiles } from './step-files.js';

export interface AttemptMeans {
  bus: Bus;
  identity: HostIdentity;
  http: HttpClient;
  files: FilesClient;
  logger: HostLogger;
  shipLogs: ShipLogs;
}

export type AttemptEnd = Pick<TaskResult, 'outcome' | 'logs'> & {
  /** It failed, and nobody knows whether its effect happened. */
  effectUnknown?: true;
};

/** How long a step may go on after its signal before nobody waits for it any more. */
const ABORT_GRACE_MS = 1_000;

/** Runs one attempt of a step to its end; never throws. */
export async function runAttempt(
  step: Step,
  task: StepTask,
  means: AttemptMeans,
  running: Abortable,
  traceparent: string | null,
): Promise<AttemptEnd> {
  const logs = new StepLogs();
  let mask: Mask = maskNothing;
  const untrack = means.shipLogs.track(task, logs, () => mask);
  const run = async (): Promise<JsonValue> => {
    const config = await openConfig(step, task, means.files, running);
    checkConfig(step.config, config);
    const credential = await credentialOf(step, task, means, traceparent);
    mask = maskOf(credential);
    const heartbeat = (): void => {
      if (running.reason) throw running.reason;
    };
    heartbeat();
    const output: unknown = await step.run({
      config,
      credential,
      get signal() {
        return running.signal;
      },
      log: logs.log,
      idempotencyKey: task.idempotencyKey,
      heartbeat,
      traceparent,
      http: means.http,
      files: stepFiles(means.files, task, running, () => mask),
    });
    return keepOutput(output, task, means.files, running, mask);
  };
  try {
    const output = await untilAborted(run(), running);
    return withLogs({ status: 'completed', output }, logs, mask);
  } catch (thrown) {
    if (!(thrown instanceof StepFailure)) logCrash(means.logger, { task, traceparent, thrown, mask });
    const error = maskValue({ ...toStepError(thrown) }, mask) as unknown as StepError;
    const known = thrown instanceof StepFailure && !thrown.effectUnknown;
    return { ...withLogs({ status: 'failed', error }, logs, mask), ...(!known && { effectUnknown: true }) };
  } finally {
    untrack();
  }
}

async function credentialOf(
  step: Step,
  task: StepTask,
  means: AttemptMeans,
  traceparent: string | null,
): Promise<CredentialValue | null> {
  const takes = step.credentialTypes ?? [];
  if (task.credentialGrant === undefined || takes.length === 0) return null;
  const credential = await redeemCredential(means, task.organizationId, task.credentialGrant, traceparent);
  if (!takes.includes(credential.type))
    throw new StepFailure(
      'credential_refused',
      `${step.id} takes credentials of type ${takes.join(', ')}, not ${credential.type}.`,
    );
  return credential;
}

/** The step's own end, or the signal's reason when the step does not heed it in time. */
function untilAborted<T>(work: Promise<T>, running: Abortable): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let ended = false;
    running.onAbort(() => {
      if (!ended) timer = setTimeout(() => reject(running.reason as Error), ABORT_GRACE_MS);
    });
    const clear = (): void => {
      ended = true;
      clearTimeout(timer);
    };
    work.then(
      (value) => (clear(), resolve(value)),
      // Whatever a step throws once it was told to end, it ends for that reason.
      (error: unknown) => (clear(), reject((running.reason ?? error) as Error)),
    );
  });
}

function withLogs(outcome: TaskResult['outcome'], logs: StepLogs, mask: Mask): AttemptEnd {
  return { outcome, ...(logs.hasLines && { logs: logs.take(mask) }) };
}

interface Crash {
  task: StepTask;
  traceparent: string | null;
  thrown: unknown;
  mask: Mask;
}

function logCrash(logger: HostLogger, { task, traceparent, thrown, mask }: Crash): void {
  const traceId = traceparent?.split('-')[1];
  const stack = mask(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  const where = { executionId: task.executionId, path: task.path, type: task.type, ...(traceId && { traceId }) };
  logger.error({ ...where, stack }, 'A step crashed');
}
