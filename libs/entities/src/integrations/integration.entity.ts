import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

@Entity({ name: 'integrations', schema: 'integrations' })
export class IntegrationEntity extends TenantEntity {
  @Column('text')
  name!: string;

  @Column('text')
  key!: string;

  @Column('text')
  type!: string;

  @Column('text')
  description!: string;

  @Column('text', { name: 'base_url' })
  baseUrl!: string;

  @Column('text', { name: 'auth_type' })
  authType!: string;

  @Column('text', { name: 'credential_key', nullable: true })
  credentialKey!: string | null;

  @Column('json')
  headers!: { [name: string]: string };

  @Column('text')
  timeout!: string;

  @Column('text', { name: 'health_check_url', nullable: true })
  healthCheckUrl!: string | null;

  @Column('text', { name: 'health_check_method' })
  healthCheckMethod!: string;

  @Column('int', { name: 'expected_status', nullable: true })
  expectedStatus!: number | null;

  @Column('text', { name: 'health_check_interval' })
  healthCheckInterval!: string;

  @Column('int', { name: 'max_retries' })
  maxRetries!: number;

  @Column('text', { name: 'retry_delay' })
  retryDelay!: string;

  @Column('int', { name: 'rate_limit_per_minute', nullable: true })
  rateLimitPerMinute!: number | null;

  @Column('text', { array: true })
  tags!: string[];

  @Column('int', { name: 'alert_after_failures' })
  alertAfterFailures!: number;

  @Column('boolean')
  enabled!: boolean;

  /** What the last check found. */
  @Column('text')
  status!: string;

  @Column('int', { name: 'consecutive_failures' })
  consecutiveFailures!: number;

  @Column({ type: 'timestamptz', name: 'last_checked_at', precision: 3, nullable: true })
  lastCheckedAt!: Date | null;

  @Column('int', { name: 'last_latency_ms', nullable: true })
  lastLatencyMs!: number | null;

  @Column('text', { name: 'last_error', nullable: true })
  lastError!: string | null;

  /** A check runs until it ends, or until then if its process died. */
  @Column({ type: 'timestamptz', name: 'checking_until', precision: 3, nullable: true })
  checkingUntil!: Date | null;

  @Column('int')
  revision!: number;
}
