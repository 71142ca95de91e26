import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@rpa/contracts';
import { LOGGER, type Logger } from '@rpa/platform';
import { ContentFolder } from '../disk/content-folder.js';

export interface Content {
  organizationId: string;
  sha256: string;
  size: number;
}

const CHUNK = 256 * 1024;

/** Gives content only after it was read once and found to be what was stored: nothing of a damaged file leaves. */
@Injectable()
export class ReadFile {
  constructor(
    private readonly folder: ContentFolder,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws `file_damaged` when the content is gone or another than what was stored */
  async execute({ organizationId, sha256, size }: Content): Promise<AsyncIterable<Buffer>> {
    const path = this.folder.pathOf(organizationId, sha256);
    const found = await digestOf(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (found?.size === size && found.sha256 === sha256)
      return createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>;
    this.logger.error({ organizationId, sha256, size, found }, 'A stored file is damaged; restore it from a backup');
    const what = found ? 'is not what was stored' : 'is missing on the disk';
    throw new AppError('file_damaged', `The content with SHA-256 ${sha256} ${what}. Restore it from a backup.`);
  }
}

async function digestOf(path: string): Promise<{ size: number; sha256: string }> {
  const handle = await open(path, 'r');
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(CHUNK);
    let size = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK);
      if (bytesRead === 0) return { size, sha256: hash.digest('hex') };
      hash.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
