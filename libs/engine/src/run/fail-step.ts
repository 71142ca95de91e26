import type { JsonObject, RetryPolicy, StepError } from '@rpa/contracts';
import { parseDuration } from '../definition/duration.js';
import { isHalted } from '../state/scope-state.js';
import type { StepState } from '../state/step-state.js';
import type { Turn } from './turn.js';

/** Ends an attempt as failed: another one is planned when the error is retryable and attempts are left, else the step has failed for good. */
export function failStep(turn: Turn, step: StepState, error: StepError, stepPath?: string): void {
  const attempt = Math.max(1, step.attempt);
  const { retry } = step.node;
  const asJson = bounded(error) as unknown as JsonObject;
  if (mayRetry(turn, step, error, attempt)) {
    const dueAt = turn.at + retryDelay(retry, attempt, `${turn.run.executionId}:${step.path}:${attempt}`);
    turn.record('step_retrying', { error: asJson, nextAttempt: attempt + 1, dueAt }, step, attempt);
    turn.effect({ type: 'set_timer', timer: retryTimer(step), dueAt });
    return;
  }
  turn.record('step_failed', stepPath === undefined ? { error: asJson } : { error: asJson, stepPath }, step, attempt);
}

const LONGEST_MESSAGE = 4000;
const LARGEST_DETAILS = 4096;

/** Errors are read by people and kept in every view: what is too large for that is cut. */
function bounded(error: StepError): StepError {
  const { details, ...rest } = error;
  const message = rest.message.length > LONGEST_MESSAGE ? `${rest.message.slice(0, LONGEST_MESSAGE)}...` : rest.message;
  const fits = details !== undefined && JSON.stringify(details).length <= LARGEST_DETAILS;
  return fits ? { ...rest, message, details } : { ...rest, message };
}

function mayRetry(turn: Turn, step: StepState, error: StepError, attempt: number): boolean {
  const isLoop = step.node.body !== undefined;
  const runsAgain = !step.node.inline || step.node.type === 'sub_workflow';
  if (!error.retryable || isLoop || !runsAgain) return false;
  return attempt < step.node.retry.maxAttempts && !turn.run.closing && !isHalted(step.scope);
}

export function retryTimer(step: StepState): string {
  return `retry:${step.path}:${step.attempt}`;
}

/** Milliseconds before the attempt after `attempt`; jitter takes up to half of it away, the same for the same seed. */
export function retryDelay(retry: RetryPolicy, attempt: number, seed: string): number {
  const base = parseDuration(retry.delay) ?? 0;
  const most = parseDuration(retry.maxDelay) ?? base;
  const factor = retry.backoff === 'exponential' ? 2 ** (attempt - 1) : retry.backoff === 'linear' ? attempt : 1;
  const delay = Math.min(most, base * factor);
  return Math.round(retry.jitter ? delay * (1 - fraction(seed) / 2) : delay);
}

/** FNV-1a with a final mix: a number in [0, 1) that depends on the text alone. */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
