import type { StepTask, TaskRef, WorkerControl } from '@rpa/contracts';

const SIDE_EFFECTS = ['pure', 'idempotent', 'keyed', 'once'];
const TEXTS = ['executionId', 'organizationId', 'path', 'owner', 'type', 'idempotencyKey'] as const;
const NUMBERS = ['attempt', 'delivery', 'typeVersion', 'timeoutMs'] as const;
/** Longest time limit that a timer can keep. */
const MAX_TIMEOUT_MS = 2_147_483_647;

type Fields = Record<string, unknown>;

/** The task, or what is wrong with it. Checked by hand: this stands before every step. */
export function readTask(body: unknown): StepTask | string {
  if (!isObject(body)) return 'it is no object';
  for (const name of TEXTS) if (typeof body[name] !== 'string' || body[name] === '') return `${name} is no text`;
  for (const name of NUMBERS)
    if (!Number.isInteger(body[name]) || (body[name] as number) < 1) return `${name} is no whole number from 1`;
  if (!isObject(body['config'])) return 'config is no object';
  if (!SIDE_EFFECTS.includes(body['sideEffect'] as string)) return 'sideEffect is not known';
  if (body['alone'] !== undefined && body['alone'] !== true) return 'alone is not true';
  if (body['credentialGrant'] !== undefined && typeof body['credentialGrant'] !== 'string')
    return 'credentialGrant is no text';
  const task = body as unknown as StepTask;
  return task.timeoutMs > MAX_TIMEOUT_MS ? { ...task, timeoutMs: MAX_TIMEOUT_MS } : task;
}

/** What an owner tells this worker, or null when it cannot be read. */
export function readControl(body: unknown): WorkerControl | null {
  if (!isObject(body)) return null;
  if (body['kind'] === 'abort' && isRef(body['task'])) return { kind: 'abort', task: body['task'] };
  if (body['kind'] === 'ack' && Array.isArray(body['tasks']))
    return { kind: 'ack', tasks: body['tasks'].filter(isRef) };
  return null;
}

/** Names an attempt, whatever the delivery. */
export function attemptKey(ref: Pick<TaskRef, 'executionId' | 'path' | 'attempt'>): string {
  return `${ref.executionId} ${ref.attempt} ${ref.path}`;
}

export function refOf(task: TaskRef): TaskRef {
  return { executionId: task.executionId, path: task.path, attempt: task.attempt, delivery: task.delivery };
}

function isRef(value: unknown): value is TaskRef {
  return (
    isObject(value) &&
    typeof value['executionId'] === 'string' &&
    typeof value['path'] === 'string' &&
    Number.isInteger(value['attempt']) &&
    Number.isInteger(value['delivery'])
  );
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
