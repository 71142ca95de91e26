import { IsIn, IsString } from 'class-validator';
import { EXECUTION_STATUSES, type ExecutionStatus } from '../journal/execution-status.js';
import { defineEvent } from '../messages/define-event.js';
import { IsId } from '../messages/fields.js';

export class ExecutionEvent {
  @IsId()
  executionId!: string;

  @IsId()
  workflowId!: string;

  @IsIn(EXECUTION_STATUSES)
  status!: ExecutionStatus;

  @IsString()
  at!: string;
}

const example: ExecutionEvent = {
  executionId: '0198c1f0-0000-7000-8000-000000000002',
  workflowId: '0198c1f0-0000-7000-8000-000000000001',
  status: 'completed',
  at: '2026-01-01T00:00:00.000Z',
};

/** The run has reached a terminal state; `status` says which. */
export const executionEnded = defineEvent({
  owner: 'executions',
  version: 1,
  name: 'execution.ended',
  summary: 'An execution has ended',
  payload: ExecutionEvent,
  example,
  consumers: ['gateway', 'triggers'],
});

/** The status of a run has changed without ending it. */
export const executionChanged = defineEvent({
  owner: 'executions',
  version: 1,
  name: 'execution.changed',
  summary: 'The status of an execution has changed',
  payload: ExecutionEvent,
  example: { ...example, status: 'waiting' },
  consumers: ['gateway'],
});
