import { CreateDateColumn, DeleteDateColumn, PrimaryColumn, Column, UpdateDateColumn } from 'typeorm';

/** Columns of every business row; `id` is a UUIDv7 that the service mints. Deleting is soft, restoring undoes it. */
export abstract class TenantEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'organization_id' })
  organizationId!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;

  @DeleteDateColumn({ name: 'deleted_at', type: 'timestamptz', precision: 3, nullable: true })
  deletedAt!: Date | null;
}
