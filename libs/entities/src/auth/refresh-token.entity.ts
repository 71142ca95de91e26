import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

@Entity({ name: 'refresh_tokens', schema: 'auth' })
export class RefreshTokenEntity extends TenantEntity {
  @Column('uuid', { name: 'session_id' })
  sessionId!: string;

  /** SHA-256 of the token; the token itself is nowhere. */
  @Column({ type: 'bytea', name: 'token_hash' })
  tokenHash!: Buffer;

  @Column({ type: 'timestamptz', name: 'used_at', precision: 3, nullable: true })
  usedAt!: Date | null;

  /** With the token it gives its successor, so that a repeat can be answered without keeping a token. */
  @Column({ type: 'bytea', name: 'successor_salt', nullable: true })
  successorSalt!: Buffer | null;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;
}
