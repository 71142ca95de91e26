import { Matches } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { SecretField } from '../messages/fields.js';
import { SESSION_EXAMPLE, SessionView } from './session-view.js';

/** 32 bytes in base64url. */
export const REFRESH_TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/;

export class RefreshSessionRequest {
  @SecretField()
  @Matches(REFRESH_TOKEN_PATTERN, { message: '$property is not a refresh token' })
  refreshToken!: string;
}

/**
 * Trades a refresh token for new tokens. A token that was traded before ends its whole session, since somebody has a
 * copy; only the same client repeating itself within 10 s gets the same successor again.
 */
export const refreshSession = defineCommand({
  subject: 'rpc.auth.v1.session.refresh',
  owner: 'auth',
  summary: 'Trade a refresh token for new tokens',
  access: { public: true },
  audit: { none: 'Routine; a token that comes back is recorded.' },
  request: RefreshSessionRequest,
  reply: SessionView,
  example: { request: { refreshToken: SESSION_EXAMPLE.refreshToken }, reply: SESSION_EXAMPLE },
});
