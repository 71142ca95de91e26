import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

@Entity({ name: 'users', schema: 'auth' })
export class UserEntity extends TenantEntity {
  /** Normalised; unique in the installation among those who are not deleted. */
  @Column('text')
  email!: string;

  /** Argon2id in PHC form; null where the user signs in elsewhere. */
  @Column('text', { name: 'password_hash', nullable: true })
  passwordHash!: string | null;

  @Column('text', { name: 'first_name' })
  firstName!: string;

  @Column('text', { name: 'last_name' })
  lastName!: string;

  @Column({ type: 'timestamptz', name: 'deactivated_at', precision: 3, nullable: true })
  deactivatedAt!: Date | null;

  /** When everything personal was removed; such a user never comes back. */
  @Column({ type: 'timestamptz', name: 'erased_at', precision: 3, nullable: true })
  erasedAt!: Date | null;

  /** Goes up whenever the user's rights change; tokens with an older one are refused. */
  @Column('integer')
  epoch!: number;

  @Column({ type: 'timestamptz', name: 'last_login_at', precision: 3, nullable: true })
  lastLoginAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'password_changed_at', precision: 3 })
  passwordChangedAt!: Date;
}
