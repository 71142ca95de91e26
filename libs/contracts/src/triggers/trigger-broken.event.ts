import { IsIn, IsString } from 'class-validator';
import { defineEvent } from '../messages/define-event.js';
import { IsId } from '../messages/fields.js';
import { TRIGGER_PROBLEMS, type TriggerProblemCode } from './trigger-view.js';

export class TriggerMendedEvent {
  @IsId()
  triggerId!: string;

  @IsId()
  workflowId!: string;

  @IsString()
  at!: string;
}

export class TriggerBrokenEvent extends TriggerMendedEvent {
  @IsIn(TRIGGER_PROBLEMS)
  code!: TriggerProblemCode;

  @IsString()
  message!: string;
}

const mended: TriggerMendedEvent = {
  triggerId: '0198c1f0-0000-7000-8000-000000000006',
  workflowId: '0198c1f0-0000-7000-8000-000000000001',
  at: '2026-01-01T00:00:00.000Z',
};

/** A trigger cannot start anything any more, until somebody mends what `code` and `message` say. Told once. */
export const triggerBroken = defineEvent({
  owner: 'triggers',
  version: 1,
  name: 'trigger.broken',
  summary: 'A trigger cannot do its work',
  payload: TriggerBrokenEvent,
  example: { ...mended, code: 'workflow_unpublished', message: 'The workflow has no published version.' },
  consumers: ['gateway'],
});

/** What {@link triggerBroken} told is over. */
export const triggerMended = defineEvent({
  owner: 'triggers',
  version: 1,
  name: 'trigger.mended',
  summary: 'A trigger that was broken works again',
  payload: TriggerMendedEvent,
  example: mended,
  consumers: ['gateway'],
});
