import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { SessionView } from './session-view.js';

/** What a login still asks for: a second factor, or a new password for one that has expired. */
export const LOGIN_CHALLENGES = ['mfa', 'password_expired'] as const;
export type LoginChallengeKind = (typeof LOGIN_CHALLENGES)[number];

export class LoginChallenge {
  @IsIn(LOGIN_CHALLENGES)
  challenge!: LoginChallengeKind;

  /** Says that the steps before were done; it opens nothing by itself. */
  @IsString()
  token!: string;

  /** Seconds until the token expires. */
  @IsInt()
  expiresIn!: number;

  /** Of `mfa`: what is taken as second factor. */
  @IsOptional()
  @IsArray()
  @IsIn(['totp', 'recovery_code'], { each: true })
  methods?: ('totp' | 'recovery_code')[];
}

/** Either of the two. Over HTTP a session is 200 with the session itself, a challenge 202 with the challenge itself. */
export class LoginReply {
  @IsOptional()
  @ValidateNested()
  @Type(() => SessionView)
  session?: SessionView;

  @IsOptional()
  @ValidateNested()
  @Type(() => LoginChallenge)
  challenge?: LoginChallenge;
}
