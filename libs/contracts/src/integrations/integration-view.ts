import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { IsId, IsJsonObject, IsKey, IsText, JsonField } from '../messages/fields.js';

/** Kinds of external systems. Only `rest_api` can be checked so far. */
export const INTEGRATION_TYPES = [
  'rest_api',
  'graphql',
  'soap',
  'websocket',
  'database',
  'ftp_sftp',
  'smtp',
  'mqtt',
  'custom',
] as const;
export type IntegrationType = (typeof INTEGRATION_TYPES)[number];

/**
 * `unknown`: never checked. `degraded`: it answers, but not as expected. `down`: no answer, or one that it has failed.
 * `checking`: a check runs now. `disabled`: neither checked nor used.
 */
export const INTEGRATION_STATUSES = ['healthy', 'degraded', 'down', 'unknown', 'disabled', 'checking'] as const;
export type IntegrationStatus = (typeof INTEGRATION_STATUSES)[number];
export type CheckedStatus = Extract<IntegrationStatus, 'healthy' | 'degraded' | 'down'>;

export const INTEGRATION_AUTH_TYPES = ['none', 'api_key', 'bearer', 'basic', 'oauth2', 'custom_header'] as const;
export type IntegrationAuthType = (typeof INTEGRATION_AUTH_TYPES)[number];

export const HEALTH_CHECK_METHODS = ['GET', 'HEAD', 'OPTIONS'] as const;

const DURATION = /^[1-9][0-9]{0,8}(ms|s|m|h|d)$/;
const durationMessage = { message: '$property must be a duration such as 500ms, 30s or 5m' };

/** What people may set of an integration. Absent fields have the default that stands beside them. */
export class IntegrationOptions {
  @IsOptional()
  @IsString()
  @IsText()
  @MaxLength(5_000)
  description?: string;

  /** Default `none`; every other needs `credentialKey`. */
  @IsOptional()
  @IsIn(INTEGRATION_AUTH_TYPES)
  authType?: IntegrationAuthType;

  @IsOptional()
  @IsKey()
  credentialKey?: string | null;

  /** Sent with every request. No secrets: those belong into a credential. */
  @IsOptional()
  @IsJsonObject()
  headers?: { [name: string]: string };

  /** Of one request, up to 2m; default 30s. */
  @IsOptional()
  @Matches(DURATION, durationMessage)
  timeout?: string;

  /** An absolute URL, or a path below `baseUrl`; default `baseUrl` itself. */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  healthCheckUrl?: string | null;

  /** Default `GET`. */
  @IsOptional()
  @IsIn(HEALTH_CHECK_METHODS)
  healthCheckMethod?: (typeof HEALTH_CHECK_METHODS)[number];

  /** Status of a healthy answer; default: any from 200 to 399. */
  @IsOptional()
  @IsInt()
  @Min(100)
  @Max(599)
  expectedStatus?: number | null;

  /** Time between two checks, 10s to 1d; default 60s. */
  @IsOptional()
  @Matches(DURATION, durationMessage)
  healthCheckInterval?: string;

  /** Further tries of a check that fails; default 3. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(10)
  maxRetries?: number;

  /** Between two tries, up to 30s; default 1s. */
  @IsOptional()
  @Matches(DURATION, durationMessage)
  retryDelay?: string;

  /** Requests a minute that the system allows; absent: unlimited. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  rateLimitPerMinute?: number | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MinLength(1, { each: true })
  @MaxLength(50, { each: true })
  tags?: string[];

  /** Failed checks in a row after which it is an alert; default 3. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  alertAfterFailures?: number;
}

/** What people set of an integration. */
export class IntegrationSettings extends IntegrationOptions {
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(200)
  name!: string;

  /** Absolute URL that everything of the system starts with. */
  @IsString()
  @MinLength(1)
  @MaxLength(2_000)
  baseUrl!: string;
}

export class IntegrationView extends IntegrationSettings {
  @IsId()
  id!: string;

  /** What workflow definitions refer to; unique in the organization, never changed. */
  @IsKey()
  key!: string;

  @IsIn(INTEGRATION_TYPES)
  type!: IntegrationType;

  @IsBoolean()
  enabled!: boolean;

  @IsIn(INTEGRATION_STATUSES)
  status!: IntegrationStatus;

  @IsInt()
  consecutiveFailures!: number;

  @JsonField()
  lastCheckedAt!: string | null;

  /** Milliseconds of the last check. */
  @JsonField()
  lastLatencyMs!: number | null;

  @JsonField()
  lastError!: string | null;

  @IsInt()
  revision!: number;

  @IsString()
  createdAt!: string;

  @IsString()
  updatedAt!: string;
}

export const INTEGRATION_EXAMPLE: IntegrationView = {
  id: '0198c1f0-0000-7000-8000-000000000007',
  name: 'Shop',
  key: 'shop',
  type: 'rest_api',
  description: '',
  baseUrl: 'https://shop.example.com/api',
  authType: 'api_key',
  credentialKey: 'shop_api',
  headers: { accept: 'application/json' },
  timeout: '30s',
  healthCheckUrl: '/health',
  healthCheckMethod: 'GET',
  expectedStatus: 200,
  healthCheckInterval: '60s',
  maxRetries: 3,
  retryDelay: '1s',
  rateLimitPerMinute: 60,
  tags: ['shop'],
  alertAfterFailures: 3,
  enabled: true,
  status: 'healthy',
  consecutiveFailures: 0,
  lastCheckedAt: '2026-01-01T00:00:00.000Z',
  lastLatencyMs: 42,
  lastError: null,
  revision: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};
