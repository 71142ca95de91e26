import {
  IsArray,
  IsBoolean,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  MinLength,
} from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { SecretField } from '../messages/fields.js';
import { ByIdRequest, DoneReply } from '../messages/lists.js';
import { LoginReply } from './login-reply.js';
import { SESSION_EXAMPLE } from './session-view.js';

const TOTP_CODE = /^\d{6}$/;

export class MfaStatusRequest {}

export class MfaStatusReply {
  @IsBoolean()
  enabled!: boolean;

  @IsOptional()
  @IsISO8601()
  enabledAt!: string | null;

  @IsInt()
  recoveryCodesLeft!: number;
}

export const mfaStatus = defineCommand({
  subject: 'rpc.auth.v1.mfa.status',
  owner: 'auth',
  summary: "Whether one's account asks for a second factor",
  access: { authenticated: true },
  request: MfaStatusRequest,
  reply: MfaStatusReply,
  example: { request: {}, reply: { enabled: true, enabledAt: '2026-01-01T00:00:00.000Z', recoveryCodesLeft: 10 } },
});

export class EnrollMfaRequest {
  @SecretField()
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  password!: string;
}

export class EnrollMfaReply {
  /** Base32, to be typed into an authenticator app. */
  @IsString()
  secret!: string;

  /** The same as `otpauth://` URI, for a QR code. */
  @IsString()
  uri!: string;
}

/** Nothing is asked for at login before `confirm`. An enrolment that was not confirmed is replaced. */
export const enrollMfa = defineCommand({
  subject: 'rpc.auth.v1.mfa.enroll',
  owner: 'auth',
  summary: 'Begin to set up an authenticator app (TOTP)',
  access: { authenticated: true },
  audit: { none: 'Counts once it is confirmed.' },
  request: EnrollMfaRequest,
  reply: EnrollMfaReply,
  example: {
    request: { password: 'correct horse battery' },
    reply: { secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/RPA:ada%40example.com?secret=JBSWY3DPEHPK3PXP' },
  },
});

export class TotpCodeRequest {
  @SecretField()
  @Matches(TOTP_CODE, { message: '$property must be the six digits that the app shows' })
  code!: string;
}

export class RecoveryCodesReply {
  /** Each is good once in place of a code of the app; shown this once. */
  @IsArray()
  @IsString({ each: true })
  recoveryCodes!: string[];
}

const CODES = { recoveryCodes: ['7f3k-9q2m-x4tb', 'w8dn-3c6z-p5rh'] };

/** From now on each login asks for the second factor. Ends all other sessions. */
export const confirmMfa = defineCommand({
  subject: 'rpc.auth.v1.mfa.confirm',
  owner: 'auth',
  summary: 'Finish setting up an authenticator app',
  access: { authenticated: true },
  audit: 'mfa.enabled',
  request: TotpCodeRequest,
  reply: RecoveryCodesReply,
  example: { request: { code: '123456' }, reply: CODES },
});

/** Those before are good no more. */
export const renewRecoveryCodes = defineCommand({
  subject: 'rpc.auth.v1.mfa.renew-recovery-codes',
  owner: 'auth',
  summary: 'Make new recovery codes',
  access: { authenticated: true },
  audit: 'mfa.recovery_codes_renewed',
  request: TotpCodeRequest,
  reply: RecoveryCodesReply,
  example: { request: { code: '123456' }, reply: CODES },
});

export class DisableMfaRequest {
  @SecretField()
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  password!: string;

  /** Of the app, or a recovery code. */
  @SecretField()
  @IsString()
  @MinLength(6)
  @MaxLength(40)
  code!: string;
}

export const disableMfa = defineCommand({
  subject: 'rpc.auth.v1.mfa.disable',
  owner: 'auth',
  summary: 'Ask for no second factor any more',
  access: { authenticated: true },
  audit: 'mfa.disabled',
  request: DisableMfaRequest,
  reply: DoneReply,
  example: { request: { password: 'correct horse battery', code: '123456' }, reply: {} },
});

/** For a lost phone. Ends every session of the user; not for a user who may do more than oneself. */
export const resetUserMfa = defineCommand({
  subject: 'rpc.auth.v1.user.reset-mfa',
  owner: 'auth',
  summary: 'Remove the second factor of a user',
  access: { permission: 'users:write' },
  audit: 'mfa.reset',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id: SESSION_EXAMPLE.user.id }, reply: {} },
});

export class VerifyMfaRequest {
  /** Of the login that was answered with the challenge `mfa`. */
  @SecretField()
  @IsString()
  @MaxLength(2_000)
  token!: string;

  /** Of the app, or a recovery code. */
  @SecretField()
  @IsString()
  @MinLength(6)
  @MaxLength(40)
  code!: string;
}

/** Finishes a login. Five wrong codes in five minutes lock the account's second factor for that time (`rate_limited`). */
export const verifyMfa = defineCommand({
  subject: 'rpc.auth.v1.mfa.verify',
  owner: 'auth',
  summary: 'Give the second factor at login',
  access: { public: true },
  audit: 'session.opened',
  request: VerifyMfaRequest,
  reply: LoginReply,
  example: {
    request: { token: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln', code: '123456' },
    reply: { session: SESSION_EXAMPLE },
  },
});
