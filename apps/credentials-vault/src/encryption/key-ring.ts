import { createEgress, createHttpClient } from '@rpa/step-kit';
import type { CredentialsVaultConfig } from '../credentials-vault.config.js';
import { LocalKeyEncryption, type KeyEncryption } from './key-encryption.js';
import { TransitKeyEncryption } from './transit-key-encryption.js';

/** The key-encryption key in use, and former ones that still open what was wrapped with them. */
export class KeyRing {
  private readonly keys: ReadonlyMap<string, KeyEncryption>;

  constructor(
    readonly newest: KeyEncryption,
    former: readonly KeyEncryption[] = [],
  ) {
    this.keys = new Map([...former, newest].map((key) => [key.id, key]));
  }

  get ids(): string[] {
    return [...this.keys.keys()];
  }

  get(id: string): KeyEncryption {
    const key = this.keys.get(id);
    if (!key) throw new Error(`The key-encryption key ${id} was not given to this service.`);
    return key;
  }
}

/** The keys that the operator has named: a transit engine before a key of one's own. */
export function createKeyRing(config: CredentialsVaultConfig): KeyRing {
  const { keyEncryptionKey, transitUrl } = config;
  const local = [...config.formerKeys, ...(keyEncryptionKey ? [keyEncryptionKey] : [])].map(
    (key) => new LocalKeyEncryption(key),
  );
  if (transitUrl) return new KeyRing(transitOf(config, transitUrl), local);
  const newest = local.pop();
  if (!newest) throw new Error('Set CREDENTIALS_VAULT_KEY, or CREDENTIALS_VAULT_TRANSIT_URL.');
  return new KeyRing(newest, local);
}

function transitOf(config: CredentialsVaultConfig, url: string): TransitKeyEncryption {
  const { transitToken: token, transitMount: mount, transitKey: key, transitNamespace: namespace } = config;
  if (!token) throw new Error('CREDENTIALS_VAULT_TRANSIT_URL needs CREDENTIALS_VAULT_TRANSIT_TOKEN.');
  if (!URL.canParse(url)) throw new Error('CREDENTIALS_VAULT_TRANSIT_URL is no address.');
  // The operator's own system, which is private by nature: its host is the one hole of this connection.
  const http = createHttpClient(createEgress({ allow: [new URL(url).host] }));
  return new TransitKeyEncryption(http, { url, token, mount, key, namespace });
}
