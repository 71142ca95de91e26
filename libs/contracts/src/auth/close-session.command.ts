import { IsOptional, Matches } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { SecretField } from '../messages/fields.js';
import { DoneReply } from '../messages/lists.js';
import { REFRESH_TOKEN_PATTERN } from './refresh-session.command.js';
import { SESSION_EXAMPLE } from './session-view.js';

export class CloseSessionRequest {
  /** A token of the session that ends; default: the session of the access token. */
  @SecretField()
  @IsOptional()
  @Matches(REFRESH_TOKEN_PATTERN, { message: '$property is not a refresh token' })
  refreshToken?: string;
}

/** Signs the caller out, done also when that has happened already. The session's access tokens are refused from now on. */
export const closeSession = defineCommand({
  subject: 'rpc.auth.v1.session.close',
  owner: 'auth',
  summary: 'Log out',
  access: { authenticated: true },
  audit: 'session.closed',
  request: CloseSessionRequest,
  reply: DoneReply,
  example: { request: { refreshToken: SESSION_EXAMPLE.refreshToken }, reply: {} },
});
