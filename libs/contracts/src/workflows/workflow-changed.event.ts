import { IsString } from 'class-validator';
import { defineEvent, type EventDefinition } from '../messages/define-event.js';
import { IsId, JsonField } from '../messages/fields.js';

export class WorkflowEvent {
  @IsId()
  workflowId!: string;

  @IsString()
  workflowKey!: string;

  /** Version that starts run from now on; null: none. */
  @JsonField()
  version!: number | null;

  @IsString()
  at!: string;
}

function workflowEvent(name: string, summary: string, version: number | null): EventDefinition<WorkflowEvent> {
  return defineEvent({
    owner: 'workflows',
    version: 1,
    name,
    summary,
    payload: WorkflowEvent,
    example: {
      workflowId: '0198c1f0-0000-7000-8000-000000000001',
      workflowKey: 'orders',
      version,
      at: '2026-01-01T00:00:00.000Z',
    },
    consumers: ['gateway', 'triggers'],
  });
}

/** Also after a rollback. */
export const workflowPublished = workflowEvent('workflow.published', 'Starts run another version from now on', 1);
export const workflowUnpublished = workflowEvent('workflow.unpublished', 'The published version was taken back', null);
export const workflowArchived = workflowEvent('workflow.archived', 'A workflow was put out of use', null);
export const workflowDeleted = workflowEvent('workflow.deleted', 'A workflow was deleted', null);
