import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

@Entity({ name: 'workflows', schema: 'workflows' })
export class WorkflowEntity extends TenantEntity {
  @Column('text')
  name!: string;

  @Column('text')
  key!: string;

  @Column('text')
  description!: string;

  @Column('text')
  status!: 'draft' | 'published' | 'archived';

  @Column('int')
  revision!: number;

  @Column('int', { name: 'published_version', nullable: true })
  publishedVersion!: number | null;

  /** Up to 5 MiB: only read where it is asked for. */
  @Column('json', { select: false })
  draft!: object;

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;
}
