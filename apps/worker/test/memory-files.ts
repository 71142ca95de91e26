import { createHash, randomUUID } from 'node:crypto';
import type { FileReference } from '@rpa/contracts';
import type { StepFiles } from '@rpa/step-kit';

/** Files of one attempt, in memory. */
export class MemoryFiles implements StepFiles {
  readonly contents = new Map<string, Buffer>();

  async save(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, contentType: string): Promise<FileReference> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const id = randomUUID();
    this.contents.set(id, bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { $file: { id, size: bytes.length, contentType, sha256 } };
  }

  async *open({ $file }: FileReference): AsyncIterable<Uint8Array> {
    yield this.contents.get($file.id) ?? Buffer.alloc(0);
  }
}
