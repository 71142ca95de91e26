import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** The catalog belongs to the installation, not to an organization. */
@Entity({ name: 'step_types', schema: 'workflows' })
export class StepTypeEntity {
  @PrimaryColumn('text')
  type!: string;

  /** Who announced it first, and therefore owns it. */
  @Column('text')
  source!: string;

  @Column('int')
  version!: number;

  @Column('json')
  descriptor!: object;

  @Column({ name: 'last_seen', type: 'timestamptz', precision: 3 })
  lastSeen!: Date;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
