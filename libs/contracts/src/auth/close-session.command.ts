import { defineCommand } from '../messages/define-command.js';
import { DoneReply } from '../messages/lists.js';
import { RefreshSessionRequest } from './refresh-session.command.js';
import { SESSION_EXAMPLE } from './session-view.js';

export class CloseSessionRequest extends RefreshSessionRequest {}

/**
 * Signs the caller's session out. Done also when it has ended already; an access token handed out before stays good until
 * it expires.
 */
export const closeSession = defineCommand({
  subject: 'rpc.auth.v1.session.close',
  owner: 'auth',
  summary: 'Log out',
  access: { authenticated: true },
  request: CloseSessionRequest,
  reply: DoneReply,
  example: { request: { refreshToken: SESSION_EXAMPLE.refreshToken }, reply: {} },
});
