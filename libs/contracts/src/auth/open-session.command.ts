import { IsString, MaxLength, MinLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { SESSION_EXAMPLE, SessionView } from './session-view.js';

export class OpenSessionRequest {
  @IsString()
  @MinLength(1)
  @MaxLength(254)
  email!: string;

  @IsString()
  @MinLength(1)
  @MaxLength(200)
  password!: string;
}

/**
 * Signs a user in. An unknown e-mail and a wrong password give the same answer (`invalid_credentials`) after the same
 * time; too many failures for one account or from one address give `rate_limited`.
 */
export const openSession = defineCommand({
  subject: 'rpc.auth.v1.session.open',
  owner: 'auth',
  summary: 'Log in',
  access: { public: true },
  request: OpenSessionRequest,
  reply: SessionView,
  example: {
    request: { email: 'ada@example.com', password: 'correct horse battery' },
    reply: SESSION_EXAMPLE,
  },
});
