import { createHash } from 'node:crypto';

const VERSION_8 = 0x80;
const VARIANT = 0x80;

/**
 * The id of a file: a UUID (version 8) made of organization, content and media type. Whoever has the content knows the id
 * before it is stored, saving twice gives the same file, and the same content of two organizations has nothing in common.
 */
export function fileIdOf(file: { organizationId: string; sha256: string; contentType: string }): string {
  const { organizationId, sha256, contentType } = file;
  const bytes = createHash('sha256')
    .update(`file\0${organizationId}\0${sha256}\0${contentType}`)
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | VERSION_8;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | VARIANT;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
