import { Inject } from '@nestjs/common';
import {
  downloadFile,
  openFiles,
  openUpload,
  releaseFiles,
  retainFiles,
  type ByIdRequest,
  type FileTicket,
  type OpenFilesReply,
  type OpenFilesRequest,
  type OpenUploadReply,
  type OpenUploadRequest,
  type ReleaseFilesReply,
  type ReleaseFilesRequest,
  type RetainFilesReply,
  type RetainFilesRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { CONFIG, organizationOf } from '@rpa/platform';
import type { StorageConfig } from '../storage.config.js';
import { TransferTickets } from '../transfer/transfer-tickets.js';
import { FilesRepository } from './files.repository.js';

@Messages()
export class FilesMessages {
  constructor(
    private readonly files: FilesRepository,
    private readonly tickets: TransferTickets,
    @Inject(CONFIG) private readonly config: StorageConfig,
  ) {}

  @Handles(openUpload)
  async upload(request: OpenUploadRequest, { principal }: MessageContext): Promise<OpenUploadReply> {
    const { executionId, contentType } = request;
    const upload = { organizationId: organizationOf(principal), executionId, contentType };
    return { ...(await this.tickets.forUpload(upload)), maxBytes: this.config.maxFileBytes };
  }

  @Handles(openFiles)
  async open({ executionId, ids }: OpenFilesRequest, { principal }: MessageContext): Promise<OpenFilesReply> {
    const organizationId = organizationOf(principal);
    const found = await this.files.referred(organizationId, executionId, ids);
    return { files: await Promise.all(found.map((file) => this.tickets.forDownload(organizationId, file))) };
  }

  @Handles(downloadFile)
  async download({ id }: ByIdRequest, { principal }: MessageContext): Promise<FileTicket> {
    const organizationId = organizationOf(principal);
    return this.tickets.forDownload(organizationId, await this.files.get(organizationId, id));
  }

  @Handles(retainFiles)
  async retain({ executionId, from, ids }: RetainFilesRequest, context: MessageContext): Promise<RetainFilesReply> {
    const organizationId = organizationOf(context.principal);
    return { retained: await this.files.share(organizationId, executionId, from, ids ?? null) };
  }

  @Handles(releaseFiles)
  async release({ executionIds }: ReleaseFilesRequest, { principal }: MessageContext): Promise<ReleaseFilesReply> {
    return { released: await this.files.release(organizationOf(principal), executionIds) };
  }
}
