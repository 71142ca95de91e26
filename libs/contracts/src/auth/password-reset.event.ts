import { IsEmail, IsString } from 'class-validator';
import { defineEvent } from '../messages/define-event.js';
import { IsId } from '../messages/fields.js';

export class PasswordResetRequestedEvent {
  @IsId()
  userId!: string;

  @IsEmail({ require_tld: false })
  email!: string;

  /** Where the password is set anew; whoever has it can, once, until `expiresAt`. Never log it. */
  @IsString()
  link!: string;

  @IsString()
  expiresAt!: string;
}

/** Somebody asked for a password reset; whoever delivers mail sends the link. Kept in no stream. */
export const passwordResetRequested = defineEvent({
  owner: 'auth',
  version: 1,
  name: 'password-reset.requested',
  summary: 'A password reset was asked for',
  payload: PasswordResetRequestedEvent,
  example: {
    userId: '0198c1f0-0000-7000-8000-000000000010',
    email: 'ada@example.com',
    link: 'https://rpa.example.com/reset-password#token=example',
    expiresAt: '2026-01-01T01:00:00.000Z',
  },
  consumers: [],
});
