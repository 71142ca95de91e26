import { IsISO8601, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { SecretField } from '../messages/fields.js';
import { ByIdRequest, DoneReply } from '../messages/lists.js';
import { LINK_TOKEN_PATTERN } from './invitation.command.js';
import { LoginReply } from './login-reply.js';
import { SESSION_EXAMPLE } from './session-view.js';

const token = 'bGlua3Rva2VubGlua3Rva2VubGlua3Rva2VubGlua3Q';

export class ChangePasswordRequest {
  @SecretField()
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  currentPassword!: string;

  /** As at registration; not one of those before. */
  @SecretField()
  @IsString()
  @MinLength(12)
  @MaxLength(200)
  newPassword!: string;
}

/** Ends all other sessions of the user. */
export const changePassword = defineCommand({
  subject: 'rpc.auth.v1.password.change',
  owner: 'auth',
  summary: "Change one's own password",
  access: { authenticated: true },
  audit: 'password.changed',
  request: ChangePasswordRequest,
  reply: DoneReply,
  example: { request: { currentPassword: 'correct horse battery', newPassword: 'staple and some more' }, reply: {} },
});

export class RequestPasswordResetRequest {
  @IsString()
  @MinLength(1)
  @MaxLength(254)
  email!: string;
}

/** Answers the same whether there is such an account or not; the link goes out with `password-reset.requested`. */
export const requestPasswordReset = defineCommand({
  subject: 'rpc.auth.v1.password.forget',
  owner: 'auth',
  summary: 'Ask for a link to set a forgotten password anew',
  access: { public: true },
  audit: { none: 'Recorded once the account is found, after the answer.' },
  request: RequestPasswordResetRequest,
  reply: DoneReply,
  example: { request: { email: 'ada@example.com' }, reply: {} },
});

export class ResetPasswordRequest {
  @SecretField()
  @Matches(LINK_TOKEN_PATTERN, { message: '$property is not the token of a reset link' })
  token!: string;

  @SecretField()
  @IsString()
  @MinLength(12)
  @MaxLength(200)
  newPassword!: string;
}

/** Good once, for an hour. Ends every session of the user; a second factor stays. */
export const resetPassword = defineCommand({
  subject: 'rpc.auth.v1.password.reset',
  owner: 'auth',
  summary: 'Set a forgotten password anew',
  access: { public: true },
  audit: 'password.changed',
  request: ResetPasswordRequest,
  reply: DoneReply,
  example: { request: { token, newPassword: 'staple and some more' }, reply: {} },
});

export class RenewPasswordRequest {
  /** Of the login that was answered with `password_expired`. */
  @SecretField()
  @IsString()
  @MaxLength(2_000)
  token!: string;

  @SecretField()
  @IsString()
  @MinLength(12)
  @MaxLength(200)
  newPassword!: string;
}

/** Goes on with the login. */
export const renewPassword = defineCommand({
  subject: 'rpc.auth.v1.password.renew',
  owner: 'auth',
  summary: 'Replace a password that has expired, at login',
  access: { public: true },
  audit: 'password.changed',
  request: RenewPasswordRequest,
  reply: LoginReply,
  example: {
    request: { token: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln', newPassword: 'staple and some more' },
    reply: { session: SESSION_EXAMPLE },
  },
});

export class IssuePasswordResetReply {
  /** Good once, until it expires; shown this once. */
  @IsString()
  token!: string;

  @IsString()
  link!: string;

  @IsISO8601()
  expiresAt!: string;
}

/** For those whom no mail reaches: an administrator hands the link on. Not for a user who may do more than oneself. */
export const issuePasswordReset = defineCommand({
  subject: 'rpc.auth.v1.user.issue-password-reset',
  owner: 'auth',
  summary: 'Make a link by which a user sets a new password',
  access: { permission: 'users:write' },
  audit: 'password_reset.issued',
  request: ByIdRequest,
  reply: IssuePasswordResetReply,
  example: {
    request: { id: SESSION_EXAMPLE.user.id },
    reply: {
      token,
      link: `https://rpa.example.com/reset-password#token=${token}`,
      expiresAt: '2026-01-01T01:00:00.000Z',
    },
  },
});
