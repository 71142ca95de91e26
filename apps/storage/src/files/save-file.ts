import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppError, type StoredFile } from '@rpa/contracts';
import { fileIdOf } from '@rpa/files';
import { CONFIG } from '@rpa/platform';
import { ContentFolder, removeFile } from '../disk/content-folder.js';
import type { StorageConfig } from '../storage.config.js';
import { FilesRepository } from './files.repository.js';

export interface Upload {
  organizationId: string;
  executionId: string;
  contentType: string;
}

/** Writes a stream to disk and then its row: whoever hears of the file finds it, also after a power cut. */
@Injectable()
export class SaveFile {
  constructor(
    private readonly folder: ContentFolder,
    private readonly files: FilesRepository,
    @Inject(CONFIG) private readonly config: StorageConfig,
  ) {}

  async execute(upload: Upload, content: AsyncIterable<Buffer>): Promise<StoredFile> {
    const { path, handle } = await this.folder.begin();
    try {
      const hash = createHash('sha256');
      let size = 0;
      try {
        for await (const chunk of content) {
          size += chunk.length;
          if (size > this.config.maxFileBytes) throw tooLarge(this.config.maxFileBytes);
          hash.update(chunk);
          await writeAll(handle, chunk);
        }
        await handle.sync();
      } finally {
        await handle.close();
      }
      return await this.add(upload, path, { size, sha256: hash.digest('hex') });
    } catch (error) {
      throw toStorageError(error);
    } finally {
      await removeFile(path);
    }
  }

  private async add(
    { organizationId, executionId, contentType }: Upload,
    path: string,
    { size, sha256 }: { size: number; sha256: string },
  ): Promise<StoredFile> {
    const file = { id: fileIdOf({ organizationId, sha256, contentType }), size, contentType, sha256 };
    await this.files.add(organizationId, executionId, file, () => this.folder.place(path, organizationId, sha256));
    return file;
  }
}

async function writeAll(handle: Awaited<ReturnType<ContentFolder['begin']>>['handle'], chunk: Buffer): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten;
}

function tooLarge(limit: number): AppError {
  return new AppError('too_large', `The file has more than ${limit} bytes, which STORAGE_MAX_FILE_BYTES allows.`);
}

function toStorageError(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError('unavailable', 'The disk of storage is full.', { cause: error, retryAfter: 30 });
  return error;
}
