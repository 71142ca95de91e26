import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** A link by which somebody joins the organization; deleted when it was used, taken back or replaced. */
@Entity({ name: 'invitations', schema: 'auth' })
export class InvitationEntity extends TenantEntity {
  @Column('text')
  email!: string;

  @Column('text', { array: true })
  roles!: string[];

  @Column({ type: 'bytea', name: 'token_hash' })
  tokenHash!: Buffer;

  @Column('uuid', { name: 'invited_by' })
  invitedBy!: string;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;
}
