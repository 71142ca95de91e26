import { IsIn } from 'class-validator';
import { defineEvent } from '../messages/define-event.js';
import { IsId } from '../messages/fields.js';

/** Whose access has changed: all that is remembered of it is to be asked for again. */
export const ACCESS_SUBJECTS = ['session', 'user', 'api_key', 'organization'] as const;
export type AccessSubject = (typeof ACCESS_SUBJECTS)[number];

export class AccessChangedEvent {
  @IsIn(ACCESS_SUBJECTS)
  subject!: AccessSubject;

  @IsId()
  id!: string;
}

/** A session ended, a user's rights changed, an API key was revoked: tokens handed out before may be good no more. */
export const accessChanged = defineEvent({
  owner: 'auth',
  version: 1,
  name: 'access.changed',
  summary: 'What tokens of a session, user, API key or organization allow has changed',
  payload: AccessChangedEvent,
  example: { subject: 'session', id: '0198c1f0-0000-7000-8000-000000000020' },
  consumers: ['gateway'],
});
