import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

export type SessionEnd = 'logout' | 'reuse' | 'revoked' | 'limit' | 'deactivated' | 'password' | 'mfa';

/** One sign-in of a user on one client: the family of the refresh tokens that follow each other. */
@Entity({ name: 'sessions', schema: 'auth' })
export class SessionEntity extends TenantEntity {
  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text', { name: 'client_address' })
  clientAddress!: string;

  @Column('text', { name: 'user_agent' })
  userAgent!: string;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', name: 'ended_at', precision: 3, nullable: true })
  endedAt!: Date | null;

  /** Why it ended before it expired. */
  @Column('text', { name: 'ended_by', nullable: true })
  endedBy!: SessionEnd | null;
}
