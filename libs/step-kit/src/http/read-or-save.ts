import { pipeline, Readable, type Duplex } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { FileReference } from '@rpa/contracts';
import { tooLarge, unreadable } from './read-body.js';

/** Where a body goes that is larger than `overBytes`. */
export interface SaveBody {
  overBytes: number;
  to(
    content: AsyncIterable<Uint8Array>,
    headers: Record<string, string | string[] | undefined>,
  ): Promise<FileReference>;
}

type Bytes = AsyncIterable<Uint8Array>;

const UNPACK: Record<string, (firstByte: number) => Duplex> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  br: () => createBrotliDecompress(),
  // Servers send `deflate` with and without the zlib header.
  deflate: (firstByte) => ((firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw()),
};

/** A small body in memory, a large one on its way into a file; unpacked either way, with at most `limit` bytes. */
export async function readOrSave(
  stream: AsyncIterable<Buffer>,
  headers: Record<string, string | string[] | undefined>,
  limit: number,
  save: SaveBody,
): Promise<{ body: Buffer; file?: FileReference }> {
  const content = bounded(unpacked(stream, String(headers['content-encoding'] ?? 'identity').toLowerCase()), limit);
  const rest = content[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    chunks.push(next.value);
    size += next.value.length;
    if (size > save.overBytes) return { body: Buffer.alloc(0), file: await save.to(joined(chunks, rest), headers) };
  }
  return { body: Buffer.concat(chunks) };
}

async function* bounded(content: Bytes, limit: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    yield chunk;
  }
}

function unpacked(stream: Bytes, encodings: string): Bytes {
  let content = stream;
  for (const encoding of encodings.split(',').reverse()) {
    const name = encoding.trim();
    if (name !== 'identity' && name !== '') content = decoded(content, name);
  }
  return content;
}

async function* decoded(content: Bytes, name: string): AsyncGenerator<Uint8Array> {
  const rest = content[Symbol.asyncIterator]();
  const first = await rest.next();
  // Nothing at all is nothing, whatever the headers say.
  if (first.done) return;
  const unpack = UNPACK[name];
  if (!unpack) throw unreadable(`it is packed as '${name.slice(0, 40)}'`);
  const decoder = unpack(first.value[0] ?? 0);
  pipeline(Readable.from(joined([first.value], rest), { objectMode: false }), decoder, () => undefined);
  try {
    yield* decoder as AsyncIterable<Uint8Array>;
  } catch (error) {
    const { code } = error as { code?: string };
    throw code?.startsWith('Z_') || code?.startsWith('ERR__') ? unreadable('it does not unpack') : error;
  }
}

async function* joined(chunks: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) yield chunk;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    // Whoever stops in the middle gives the connection back.
    await rest.return?.();
  }
}
