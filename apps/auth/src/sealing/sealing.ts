import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@rpa/platform';
import type { AuthConfig } from '../auth.config.js';

const CIPHER = 'aes-256-gcm';
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals what auth must be able to read again (TOTP secrets, client secrets, signing keys): AES-256-GCM by the first key of
 * `AUTH_KEY`, opened by any of them. `purpose` and ids go into the associated data, so that a sealed value is good in its
 * own place only.
 */
@Injectable()
export class Sealing {
  private readonly keys: { id: Buffer; key: Buffer }[];

  constructor(@Inject(CONFIG) config: AuthConfig) {
    this.keys = config.authKeys.map((text) => {
      const key = Buffer.from(text, 'base64');
      return { key, id: createHash('sha256').update('auth key id').update(key).digest().subarray(0, KEY_ID_BYTES) };
    });
  }

  seal(purpose: string, plain: string | Buffer): Buffer {
    const [first] = this.keys;
    if (!first) throw new Error('AUTH_KEY holds no key.');
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, first.key, nonce).setAAD(Buffer.from(purpose));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([first.id, nonce, cipher.getAuthTag(), body]);
  }

  /** @throws Error when it was sealed by a key that is gone, for something else, or changed since */
  open(purpose: string, sealed: Buffer): Buffer {
    const id = sealed.subarray(0, KEY_ID_BYTES);
    const known = this.keys.find((key) => key.id.equals(id));
    if (!known) throw new Error(`'${purpose}' was sealed by a key that AUTH_KEY does not hold any more.`);
    const nonceEnd = KEY_ID_BYTES + NONCE_BYTES;
    const decipher = createDecipheriv(CIPHER, known.key, sealed.subarray(KEY_ID_BYTES, nonceEnd), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(purpose)).setAuthTag(sealed.subarray(nonceEnd, nonceEnd + TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(nonceEnd + TAG_BYTES)), decipher.final()]);
  }
}
