import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

@Entity({ name: 'health_checks', schema: 'integrations' })
export class HealthCheckEntity extends TenantEntity {
  @Column('uuid', { name: 'integration_id' })
  integrationId!: string;

  @Column('text')
  status!: string;

  @Column('int', { name: 'http_status', nullable: true })
  httpStatus!: number | null;

  @Column('int', { name: 'latency_ms' })
  latencyMs!: number;

  @Column('text', { nullable: true })
  error!: string | null;

  @Column('int')
  attempts!: number;
}
