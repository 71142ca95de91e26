import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { StepFailure } from '../step/step-failure.js';

interface Unpack {
  (packed: Buffer, options: { maxOutputLength: number }): Promise<Buffer>;
}

const UNPACK: Record<string, Unpack> = {
  gzip: promisify(gunzip) as Unpack,
  'x-gzip': promisify(gunzip) as Unpack,
  br: promisify(brotliDecompress) as Unpack,
  // Servers send `deflate` with and without the zlib header.
  deflate: (packed, options) =>
    ((packed[0] ?? 0) & 0x0f) === 8
      ? (promisify(inflate) as Unpack)(packed, options)
      : (promisify(inflateRaw) as Unpack)(packed, options),
};

/** Reads a body to its end and unpacks it; neither the packed nor the unpacked form may exceed the limit. */
export async function readBody(
  stream: AsyncIterable<Buffer>,
  headers: Record<string, string | string[] | undefined>,
  limit: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  const first = chunks[0];
  const body = chunks.length === 1 && first ? first : Buffer.concat(chunks);
  return unpack(body, String(headers['content-encoding'] ?? 'identity').toLowerCase(), limit);
}

async function unpack(body: Buffer, encodings: string, limit: number): Promise<Buffer> {
  if (body.length === 0) return body;
  let unpacked = body;
  for (const encoding of encodings.split(',').reverse()) {
    const name = encoding.trim();
    if (name === 'identity' || name === '') continue;
    const decode = UNPACK[name];
    if (!decode) throw unreadable(`it is packed as '${name.slice(0, 40)}'`);
    try {
      unpacked = await decode(unpacked, { maxOutputLength: limit });
    } catch (error) {
      throw (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE'
        ? tooLarge(limit)
        : unreadable('it does not unpack');
    }
  }
  return unpacked;
}

export function tooLarge(limit: number): StepFailure {
  return new StepFailure('response_too_large', `The response has more than ${limit} bytes.`);
}

export function unreadable(why: string): StepFailure {
  return new StepFailure('http_body_unreadable', `The body of the response cannot be read: ${why}.`);
}
