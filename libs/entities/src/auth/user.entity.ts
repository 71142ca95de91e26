import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

@Entity({ name: 'users', schema: 'auth' })
export class UserEntity extends TenantEntity {
  /** Normalised; unique in the installation among those who are not deleted. */
  @Column('text')
  email!: string;

  /** Argon2id in PHC form. */
  @Column('text', { name: 'password_hash' })
  passwordHash!: string;

  @Column('text', { name: 'first_name' })
  firstName!: string;

  @Column('text', { name: 'last_name' })
  lastName!: string;
}
