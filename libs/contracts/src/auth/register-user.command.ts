import { IsEmail, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsText, SecretField } from '../messages/fields.js';
import { SESSION_EXAMPLE, SessionView } from './session-view.js';

export class RegisterUserRequest {
  /** Unique in the installation, whatever its case. */
  @IsEmail({ require_tld: false })
  @MaxLength(254)
  email!: string;

  /** 12 to 200 characters, and none that everybody tries first; nothing else is asked of it. */
  @SecretField()
  @IsString()
  @MinLength(12)
  @MaxLength(200)
  password!: string;

  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(100)
  firstName!: string;

  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(100)
  lastName!: string;

  /** The slug is derived from it. */
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(120)
  organizationName!: string;

  /** Where registration is by invitation only: the operator's `REGISTRATION_TOKEN`. */
  @SecretField()
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  registrationToken?: string;
}

/**
 * Creates an organization with its owner and signs them in. Takes no Idempotency-Key, because its answer holds tokens,
 * which must not rest in a table; a repeat gets `already_exists` for the e-mail and logs in instead.
 */
export const registerUser = defineCommand({
  subject: 'rpc.auth.v1.user.register',
  owner: 'auth',
  summary: 'Register an organization and its owner',
  access: { public: true },
  audit: 'organization.created',
  request: RegisterUserRequest,
  reply: SessionView,
  example: {
    request: {
      email: 'ada@example.com',
      password: 'correct horse battery',
      firstName: 'Ada',
      lastName: 'Lovelace',
      organizationName: 'Analytical Engines',
    },
    reply: SESSION_EXAMPLE,
  },
});
