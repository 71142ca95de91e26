import { IsString, MaxLength, MinLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { SecretField } from '../messages/fields.js';
import { LoginReply } from './login-reply.js';
import { SESSION_EXAMPLE } from './session-view.js';

export class OpenSessionRequest {
  @IsString()
  @MinLength(1)
  @MaxLength(254)
  email!: string;

  @SecretField()
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  password!: string;
}

/**
 * Signs a user in. An unknown e-mail and a wrong password give the same answer (`invalid_credentials`) after the same
 * time; too many failures for one account or from one address give `rate_limited`. An account with a second factor, or
 * with a password that has expired, gets a challenge instead of a session.
 */
export const openSession = defineCommand({
  subject: 'rpc.auth.v1.session.open',
  owner: 'auth',
  summary: 'Log in',
  access: { public: true },
  audit: 'session.opened',
  request: OpenSessionRequest,
  reply: LoginReply,
  example: {
    request: { email: 'ada@example.com', password: 'correct horse battery' },
    reply: { session: SESSION_EXAMPLE },
  },
});
