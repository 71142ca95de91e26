import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsISO8601, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { ValidateNested } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsText } from '../messages/fields.js';
import { OrganizationView, SESSION_EXAMPLE } from './session-view.js';

/** What an organization asks of its users' sign-ins. */
export class SecurityPolicy {
  /** Days after which a password must be replaced at login; 0: never. */
  @IsInt()
  @Min(0)
  @Max(3_650)
  passwordMaxAgeDays!: number;

  /** So many passwords before may not come back. */
  @IsInt()
  @Min(0)
  @Max(24)
  passwordHistory!: number;

  /** Open sessions of one user; the oldest ends when there are more. */
  @IsInt()
  @Min(1)
  @Max(100)
  maxSessions!: number;

  /** Nobody signs in by password: only through the organization's OpenID Connect providers. Owners still can. */
  @IsBoolean()
  singleSignOnOnly!: boolean;
}

export const DEFAULT_SECURITY_POLICY: SecurityPolicy = {
  passwordMaxAgeDays: 0,
  passwordHistory: 5,
  maxSessions: 20,
  singleSignOnOnly: false,
};

export class OrganizationSettings extends OrganizationView {
  @ValidateNested()
  @Type(() => SecurityPolicy)
  security!: SecurityPolicy;

  @IsISO8601()
  createdAt!: string;
}

const SETTINGS: OrganizationSettings = {
  ...SESSION_EXAMPLE.organization,
  security: DEFAULT_SECURITY_POLICY,
  createdAt: '2026-01-01T00:00:00.000Z',
};

export class GetOrganizationRequest {}

export const getOrganization = defineCommand({
  subject: 'rpc.auth.v1.organization.get',
  owner: 'auth',
  summary: 'The organization and what it asks of sign-ins',
  access: { permission: 'settings:read' },
  request: GetOrganizationRequest,
  reply: OrganizationSettings,
  example: { request: {}, reply: SETTINGS },
});

export class UpdateSecurityPolicy {
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(3_650)
  passwordMaxAgeDays?: number;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(24)
  passwordHistory?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  maxSessions?: number;

  @IsOptional()
  @IsBoolean()
  singleSignOnOnly?: boolean;
}

export class UpdateOrganizationRequest {
  @IsOptional()
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(120)
  name?: string;

  /** Fields that are left out stay as they are. */
  @IsOptional()
  @ValidateNested()
  @Type(() => UpdateSecurityPolicy)
  security?: UpdateSecurityPolicy;
}

export const updateOrganization = defineCommand({
  subject: 'rpc.auth.v1.organization.update',
  owner: 'auth',
  summary: 'Change the organization and what it asks of sign-ins',
  access: { permission: 'settings:write' },
  audit: 'organization.updated',
  request: UpdateOrganizationRequest,
  reply: OrganizationSettings,
  example: { request: { security: { maxSessions: 20 } }, reply: SETTINGS },
});
