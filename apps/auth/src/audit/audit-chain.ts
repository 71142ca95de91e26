import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const KEY_BYTES = 32;
export const CHAIN_START = Buffer.alloc(KEY_BYTES);

/**
 * How the records of an organization hang together: each has an HMAC over its organization, its place, the record before
 * it and its own text, so that whoever changes, removes or moves one without the key breaks the chain from there on. The
 * head, kept apart from the records, is signed as well: it tells how many there must be.
 */
export class AuditChain {
  private readonly recordKey: Buffer;
  private readonly headKey: Buffer;

  constructor(key: string) {
    const secret = Buffer.from(key, 'base64');
    const derive = (purpose: string): Buffer =>
      Buffer.from(hkdfSync('sha256', secret, '', `rpa audit ${purpose}`, KEY_BYTES));
    this.recordKey = derive('record');
    this.headKey = derive('head');
  }

  /** @param body the record's text, exactly as it is stored */
  link(organizationId: string, seq: number, previous: Buffer, body: string): Buffer {
    return createHmac('sha256', this.recordKey)
      .update(place(organizationId, seq))
      .update(previous)
      .update(body)
      .digest();
  }

  signHead(organizationId: string, seq: number, hash: Buffer): Buffer {
    return createHmac('sha256', this.headKey).update(place(organizationId, seq)).update(hash).digest();
  }
}

/** Of fixed length, so that no two places read alike. */
function place(organizationId: string, seq: number): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.write(organizationId.replaceAll('-', ''), 0, 'hex');
  bytes.writeBigUInt64BE(BigInt(seq), 16);
  return bytes;
}

export function sameBytes(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
