import { createHash } from 'node:crypto';
import {
  AppError,
  MAX_FILES_A_MESSAGE,
  openFiles,
  openUpload,
  retainFiles,
  type CommandDefinition,
  type FileReference,
  type FileTicket,
  type StoredFile,
} from '@rpa/contracts';
import { download, upload, type Content } from './transfer.js';

/** Whose files these are: an execution of an organization refers to them. */
export interface FileOwner {
  organizationId: string;
  executionId: string;
}

export interface FilesMeans {
  bus: {
    request<Request extends object, Reply extends object>(
      command: CommandDefinition<Request, Reply>,
      body: NoInfer<Request>,
      options: { principal: string },
    ): Promise<Reply>;
  };
  identity: { serviceToken(organization: { id: string }): Promise<string> };
}

/**
 * Storage as services use it: permission over NATS, bytes over HTTP. Errors are those of storage (`not_found`, `too_large`,
 * `file_damaged`) or, worth another try, `unavailable`, `overloaded` and `timeout`.
 */
export class FilesClient {
  constructor(private readonly means: FilesMeans) {}

  /** Streams content into a file; when this returns, it is on disk and the execution refers to it. */
  async save(owner: FileOwner, content: Content, contentType: string, signal?: AbortSignal): Promise<FileReference> {
    const { executionId } = owner;
    const target = await this.means.bus.request(openUpload, { executionId, contentType }, await this.as(owner));
    return toReference(await upload(target, content, signal));
  }

  /** Those of the files that the execution refers to, ready to be read. */
  async find(owner: FileOwner, ids: readonly string[]): Promise<Map<string, FileTicket>> {
    const found = new Map<string, FileTicket>();
    for (const page of pagesOf(ids)) {
      const request = { executionId: owner.executionId, ids: page };
      const { files } = await this.means.bus.request(openFiles, request, await this.as(owner));
      for (const file of files) found.set(file.id, file);
    }
    return found;
  }

  /** Streams a file; throws `file_damaged` at its end when it is not what was stored. */
  async *read(ticket: FileTicket, signal?: AbortSignal): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of (await download(ticket, signal)) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
    if (size !== ticket.size || hash.digest('hex') !== ticket.sha256)
      throw new AppError('file_damaged', `The file ${ticket.id} did not arrive as it was stored.`);
  }

  /** A whole file in memory; the caller has looked at its size. */
  async readAll(ticket: FileTicket, signal?: AbortSignal): Promise<Buffer> {
    const content = Buffer.allocUnsafe(ticket.size);
    let size = 0;
    for await (const chunk of this.read(ticket, signal)) {
      if (size + chunk.length > content.length)
        throw new AppError('file_damaged', `The file ${ticket.id} has more bytes than were stored.`);
      chunk.copy(content, size);
      size += chunk.length;
    }
    return content;
  }

  /** Lets an execution refer to files of another one, all of them where no ids are given. */
  async retain(owner: FileOwner, from: string, ids?: readonly string[]): Promise<void> {
    const { executionId } = owner;
    for (const page of ids ? pagesOf(ids) : [undefined]) {
      const request = { executionId, from, ...(page && { ids: page }) };
      await this.means.bus.request(retainFiles, request, await this.as(owner));
    }
  }

  private async as({ organizationId }: FileOwner): Promise<{ principal: string }> {
    return { principal: await this.means.identity.serviceToken({ id: organizationId }) };
  }
}

export function toReference({ id, size, contentType, sha256 }: StoredFile): FileReference {
  return { $file: { id, size, contentType, sha256 } };
}

function* pagesOf(ids: readonly string[]): Generator<string[]> {
  for (let at = 0; at < ids.length; at += MAX_FILES_A_MESSAGE) yield ids.slice(at, at + MAX_FILES_A_MESSAGE);
}
