import { IsString } from 'class-validator';
import { defineEvent } from '../messages/define-event.js';
import { IsId, IsText } from '../messages/fields.js';
import { APPROVAL_EXAMPLE } from './approval-view.js';

const { executionId, workflowId } = APPROVAL_EXAMPLE;

export class ApprovalEvent {
  @IsId()
  executionId!: string;

  @IsId()
  workflowId!: string;

  @IsString()
  @IsText()
  path!: string;

  @IsString()
  at!: string;
}

/** A run asks people; what they are asked stands in the list of approvals. */
export const approvalRequested = defineEvent({
  owner: 'executions',
  version: 1,
  name: 'approval.requested',
  summary: 'A run waits for a decision of people',
  payload: ApprovalEvent,
  example: {
    executionId,
    workflowId,
    path: 'ask',
    at: '2026-01-01T00:00:00.000Z',
  },
  consumers: ['gateway'],
});

export const approvalClosed = defineEvent({
  owner: 'executions',
  version: 1,
  name: 'approval.closed',
  summary: 'Nobody is asked any more: it was decided, has expired or was cancelled',
  payload: ApprovalEvent,
  example: {
    executionId,
    workflowId,
    path: 'ask',
    at: '2026-01-01T01:00:00.000Z',
  },
  consumers: ['gateway'],
});
