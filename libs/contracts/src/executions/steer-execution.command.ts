import { IsIn, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { EXECUTION_STATUSES, type ExecutionStatus } from '../journal/execution-status.js';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsText, JsonField } from '../messages/fields.js';
import { ByIdRequest } from '../messages/lists.js';
import type { JsonValue } from '../values/json.js';

const ID = '0198c1f0-0000-7000-8000-000000000002';

/**
 * What was asked for is durable and will happen, also when every process dies now; `status` is what the execution had when
 * it was asked. Commands that answer with this fail with `not_found`, or with `conflict` when the execution has ended.
 */
export class AcceptedReply {
  @IsId()
  id!: string;

  @IsIn(EXECUTION_STATUSES)
  status!: ExecutionStatus;
}

/** Running steps finish, no other begins; time spent paused does not count for `settings.timeout`. */
export const pauseExecution = defineCommand({
  subject: 'rpc.executions.v1.execution.pause',
  owner: 'executions',
  summary: 'Pause an execution; running steps finish, no other begins',
  access: { permission: 'executions:cancel' },
  audit: 'execution.pause_requested',
  request: ByIdRequest,
  reply: AcceptedReply,
  idempotent: true,
  example: { request: { id: ID }, reply: { id: ID, status: 'running' } },
});

export const resumeExecution = defineCommand({
  subject: 'rpc.executions.v1.execution.resume',
  owner: 'executions',
  summary: 'Let a paused execution go on',
  access: { permission: 'executions:cancel' },
  audit: 'execution.resume_requested',
  request: ByIdRequest,
  reply: AcceptedReply,
  idempotent: true,
  example: { request: { id: ID }, reply: { id: ID, status: 'paused' } },
});

export class SignalExecutionRequest extends ByIdRequest {
  /** What a `wait_for_signal` step waits for. */
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(128)
  name!: string;

  /** Output of the step that takes the signal; at most 32 KiB of JSON. */
  @IsOptional()
  @JsonField()
  payload?: JsonValue;
}

/**
 * Wakes the step that has waited longest for this name; a signal that nothing waits for yet is kept for a later step. With
 * an `Idempotency-Key` a repeat is the same signal.
 */
export const signalExecution = defineCommand({
  subject: 'rpc.executions.v1.execution.signal',
  owner: 'executions',
  summary: 'Send a signal to an execution; one that comes early is kept',
  access: { permission: 'executions:cancel' },
  audit: 'execution.signalled',
  request: SignalExecutionRequest,
  reply: AcceptedReply,
  idempotent: true,
  example: {
    request: { id: ID, name: 'paid', payload: { amount: 12 } },
    reply: { id: ID, status: 'waiting' },
  },
});

export const STEP_DECISIONS = ['retry', 'complete', 'skip'] as const;
export type StepDecision = (typeof STEP_DECISIONS)[number];

export class DecideStepRequest extends ByIdRequest {
  /** Path of the step whose outcome is unknown: `pay`, `each.3.pay`. */
  @IsString()
  @MaxLength(2000)
  path!: string;

  /** `retry`: run it once more. `complete`: it has worked, with `output`. `skip`: go on without it. */
  @IsIn(STEP_DECISIONS)
  decision!: StepDecision;

  /** Only with `complete`; default null; at most 32 KiB of JSON. */
  @IsOptional()
  @JsonField()
  output?: JsonValue;
}

/**
 * Says what became of a step of class `once` that nobody knows the outcome of. `conflict` when the step waits for no
 * decision, or one is on its way already.
 */
export const decideStep = defineCommand({
  subject: 'rpc.executions.v1.step.decide',
  owner: 'executions',
  summary: 'Decide about a step whose outcome is unknown',
  access: { permission: 'executions:cancel' },
  audit: 'step.decided',
  request: DecideStepRequest,
  reply: AcceptedReply,
  example: {
    request: { id: ID, path: 'pay', decision: 'complete', output: { receipt: 'R-1' } },
    reply: { id: ID, status: 'needs_decision' },
  },
});
