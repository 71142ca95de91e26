import { createHash } from 'node:crypto';
import { seal, unseal } from './sealed-bytes.js';

/** What a wrapped key belongs to; with any other it does not unwrap. */
export type Binding = readonly (string | number)[];

/**
 * A key-encryption key: wraps the data keys of all organizations and never touches a credential itself. Where it lives is
 * its own affair: in the memory of this service, or in a system that never hands it out.
 */
export interface KeyEncryption {
  /** Stands beside everything that was wrapped with it; says nothing about the key. */
  readonly id: string;
  wrap(key: Buffer, binding: Binding): Promise<Buffer>;
  /** @returns a copy that the caller overwrites after use */
  unwrap(wrapped: Buffer, binding: Binding): Promise<Buffer>;
}

/** A key from the environment or a file. */
export class LocalKeyEncryption implements KeyEncryption {
  readonly id: string;
  private readonly key: Buffer;

  /** @param key 32 bytes in base64 */
  constructor(key: string) {
    this.key = Buffer.from(key, 'base64');
    this.id = createHash('sha256').update('rpa vault key ').update(this.key).digest('hex').slice(0, 16);
  }

  async wrap(key: Buffer, binding: Binding): Promise<Buffer> {
    return seal(this.key, key, binding);
  }

  async unwrap(wrapped: Buffer, binding: Binding): Promise<Buffer> {
    return unseal(this.key, wrapped, binding);
  }
}
