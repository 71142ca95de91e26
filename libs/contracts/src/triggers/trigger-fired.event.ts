import { IsIn, IsString } from 'class-validator';
import { defineEvent } from '../messages/define-event.js';
import { IsId, JsonField } from '../messages/fields.js';
import { FIRE_OUTCOMES, type FireOutcome } from './trigger-view.js';

export class TriggerFiredEvent {
  @IsId()
  triggerId!: string;

  @IsId()
  workflowId!: string;

  @IsIn(FIRE_OUTCOMES)
  outcome!: FireOutcome;

  @JsonField()
  executionId!: string | null;

  @JsonField()
  reason!: string | null;

  @IsString()
  at!: string;
}

/** A trigger has handled one event, whatever came of it. */
export const triggerFired = defineEvent({
  owner: 'triggers',
  version: 1,
  name: 'trigger.fired',
  summary: 'A trigger has handled an event',
  payload: TriggerFiredEvent,
  example: {
    triggerId: '0198c1f0-0000-7000-8000-000000000006',
    workflowId: '0198c1f0-0000-7000-8000-000000000001',
    outcome: 'fired',
    executionId: '0198c1f0-0000-7000-8000-000000000002',
    reason: null,
    at: '2026-01-01T00:00:00.000Z',
  },
  consumers: ['gateway'],
});
