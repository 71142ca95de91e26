import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** A key by which programs act for a user; deleting it revokes it. */
@Entity({ name: 'api_keys', schema: 'auth' })
export class ApiKeyEntity extends TenantEntity {
  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text')
  name!: string;

  /** The part that may be shown. */
  @Column('text')
  prefix!: string;

  /** SHA-256 of the whole key: it holds 256 random bits. */
  @Column({ type: 'bytea', name: 'key_hash' })
  keyHash!: Buffer;

  @Column('text', { array: true })
  scopes!: string[];

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3, nullable: true })
  expiresAt!: Date | null;

  /** Written in batches. */
  @Column({ type: 'timestamptz', name: 'last_used_at', precision: 3, nullable: true })
  lastUsedAt!: Date | null;

  /** 64 bit, so a text in JavaScript. */
  @Column('bigint', { name: 'use_count' })
  useCount!: string;
}
