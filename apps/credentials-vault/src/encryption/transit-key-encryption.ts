import { createHash } from 'node:crypto';
import { AppError } from '@rpa/contracts';
import type { HttpClient } from '@rpa/step-kit';
import { LRUCache } from 'lru-cache';
import type { Binding, KeyEncryption } from './key-encryption.js';

export interface TransitOptions {
  /** Address of HashiCorp Vault, e.g. `https://vault.internal:8200`. */
  url: string;
  token: string;
  /** Where the transit engine is mounted. */
  mount: string;
  /** Name of the key in it; its type must take associated data (`aes256-gcm96`, `chacha20-poly1305`). */
  key: string;
  namespace?: string | null;
}

const TIMEOUT_MS = 5_000;
const REMEMBERED = 1_000;
/** A burst of steps asks once; a key that Vault has withdrawn works no longer than this. */
const REMEMBER_MS = 60_000;
const MAX_ANSWER_BYTES = 64 * 1024;

interface TransitAnswer {
  data?: { ciphertext?: unknown; plaintext?: unknown };
  errors?: unknown;
}

/**
 * The transit engine of HashiCorp Vault: the key-encryption key never leaves it. Data keys that it has unwrapped are
 * remembered for a minute.
 */
export class TransitKeyEncryption implements KeyEncryption {
  readonly id: string;
  private readonly unwrapped = new LRUCache<string, Buffer>({
    max: REMEMBERED,
    ttl: REMEMBER_MS,
    dispose: (key) => key.fill(0),
  });

  constructor(
    private readonly http: HttpClient,
    private readonly options: TransitOptions,
  ) {
    this.id = `transit:${options.mount}/${options.key}`;
  }

  async wrap(key: Buffer, binding: Binding): Promise<Buffer> {
    const answer = await this.ask('encrypt', { plaintext: key.toString('base64'), ...associated(binding) });
    const ciphertext = answer.data?.ciphertext;
    if (typeof ciphertext !== 'string' || !ciphertext.startsWith('vault:')) throw unusable('encrypt');
    return Buffer.from(ciphertext);
  }

  async unwrap(wrapped: Buffer, binding: Binding): Promise<Buffer> {
    const name = createHash('sha256').update(JSON.stringify(binding)).update(wrapped).digest('base64');
    const known = this.unwrapped.get(name);
    if (known) return Buffer.from(known);
    const answer = await this.ask('decrypt', { ciphertext: wrapped.toString(), ...associated(binding) });
    const plaintext = answer.data?.plaintext;
    if (typeof plaintext !== 'string') throw unusable('decrypt');
    const key = Buffer.from(plaintext, 'base64');
    this.unwrapped.set(name, Buffer.from(key));
    return key;
  }

  private async ask(operation: 'encrypt' | 'decrypt', body: object): Promise<TransitAnswer> {
    const { url, mount, key, token, namespace } = this.options;
    const address = `${url.replace(/\/$/, '')}/v1/${mount}/${operation}/${encodeURIComponent(key)}`;
    const headers = {
      'x-vault-token': token,
      'x-vault-request': 'true',
      'content-type': 'application/json',
      ...(namespace && { 'x-vault-namespace': namespace }),
    };
    try {
      const response = await this.http({
        method: 'POST',
        url: address,
        headers,
        body: JSON.stringify(body),
        timeoutMs: TIMEOUT_MS,
        maxRedirects: 0,
        maxBodyBytes: MAX_ANSWER_BYTES,
      });
      // Vault's errors may repeat what it was sent; only the status is told.
      if (response.status !== 200) throw unusable(operation, `status ${response.status}`);
      return JSON.parse(response.body.toString()) as TransitAnswer;
    } catch (error) {
      throw AppError.is(error) ? error : unusable(operation, 'no answer', error);
    }
  }
}

function associated(binding: Binding): { associated_data: string } {
  return { associated_data: Buffer.from(JSON.stringify(binding)).toString('base64') };
}

function unusable(operation: string, why = 'an answer without what was asked', cause?: unknown): AppError {
  return new AppError('unavailable', `The transit engine that keeps the keys did not ${operation}: ${why}.`, { cause });
}
