import { Column, Entity } from 'typeorm';
import { TenantEntity } from '../tenant/index.js';

/** Content that an organization keeps. The id follows from organization, content and media type. */
@Entity({ name: 'files', schema: 'storage' })
export class FileEntity extends TenantEntity {
  @Column('text')
  sha256!: string;

  /** Bytes; a text, since it may exceed what a number holds exactly. */
  @Column('bigint')
  size!: string;

  @Column('text', { name: 'content_type' })
  contentType!: string;

  /** Since when no execution refers to it; null as long as one does. */
  @Column('timestamptz', { name: 'unreferenced_since', nullable: true })
  unreferencedSince!: Date | null;
}
