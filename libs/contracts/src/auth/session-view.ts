import { Type } from 'class-transformer';
import { IsArray, IsEmail, IsIn, IsInt, IsISO8601, IsString, Matches, ValidateNested } from 'class-validator';
import { IsId } from '../messages/fields.js';

/** Form of an organization's slug: part of NATS subjects, so it never changes. */
export const SLUG_PATTERN = /^[a-z0-9-]{2,40}$/;

export class OrganizationView {
  @IsId()
  id!: string;

  @IsString()
  name!: string;

  @Matches(SLUG_PATTERN)
  slug!: string;
}

export class UserView {
  @IsId()
  id!: string;

  /** As it was normalised: lower case, composed. */
  @IsEmail({ require_tld: false })
  email!: string;

  @IsString()
  firstName!: string;

  @IsString()
  lastName!: string;

  /** Keys of system roles, or of roles of the organization. */
  @IsArray()
  @IsString({ each: true })
  roles!: string[];

  @IsISO8601()
  createdAt!: string;
}

/** What register, login and refresh answer. */
export class SessionView {
  /** JWT (ES256) for `Authorization: Bearer`; whoever has it is the user until it expires. */
  @IsString()
  accessToken!: string;

  /** Good for one refresh; using it twice ends the session. */
  @IsString()
  refreshToken!: string;

  @IsIn(['Bearer'])
  tokenType!: 'Bearer';

  /** Seconds until the access token expires. */
  @IsInt()
  expiresIn!: number;

  @ValidateNested()
  @Type(() => UserView)
  user!: UserView;

  @ValidateNested()
  @Type(() => OrganizationView)
  organization!: OrganizationView;
}

export const SESSION_EXAMPLE: SessionView = {
  accessToken: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl',
  refreshToken: 'Zk1vYzJ0d0p4cGQ3Q1lqS0h2b0xkUTRwWm5tUjV0WXc',
  tokenType: 'Bearer',
  expiresIn: 900,
  user: {
    id: '0198c1f0-0000-7000-8000-000000000010',
    email: 'ada@example.com',
    firstName: 'Ada',
    lastName: 'Lovelace',
    roles: ['owner'],
    createdAt: '2026-01-01T00:00:00.000Z',
  },
  organization: { id: '0198c1f0-0000-7000-8000-000000000003', name: 'Analytical Engines', slug: 'analytical-engines' },
};
