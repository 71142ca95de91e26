import {
  databaseVariables,
  defineConfig,
  list,
  optionalText,
  serviceVariables,
  text,
  type ConfigOf,
  type Variable,
} from '@rpa/platform';
import { checkEgressHoles } from '@rpa/step-kit';

const KEY = /^[A-Za-z0-9+/]{43}=$/;

export const credentialsVaultConfig = defineConfig({
  ...serviceVariables('credentials-vault', 3006),
  ...databaseVariables(3),
  keyEncryptionKey: optionalKey(),
  formerKeys: formerKeys(),
  transitUrl: optionalText('CREDENTIALS_VAULT_TRANSIT_URL', {
    description: 'HashiCorp Vault whose transit engine keeps the key-encryption key, instead of CREDENTIALS_VAULT_KEY',
  }),
  transitToken: optionalText('CREDENTIALS_VAULT_TRANSIT_TOKEN', {
    description: 'Token for it: may encrypt and decrypt with the one key',
    secret: true,
  }),
  transitMount: text('CREDENTIALS_VAULT_TRANSIT_MOUNT', {
    description: 'Where the transit engine is mounted',
    default: 'transit',
    pattern: /^[\w-]+(\/[\w-]+)*$/,
  }),
  transitKey: text('CREDENTIALS_VAULT_TRANSIT_KEY', {
    description: 'Name of the key in the transit engine',
    default: 'rpa-credentials',
    pattern: /^[\w.-]+$/,
  }),
  transitNamespace: optionalText('CREDENTIALS_VAULT_TRANSIT_NAMESPACE', {
    description: 'Namespace in Vault Enterprise',
  }),
  publicUrl: text('PUBLIC_URL', {
    description:
      'Base of every link and redirect that is handed out: where browsers reach the gateway; never from a request',
    default: 'http://localhost:3000',
    pattern: /^https?:\/\/[^/?#\s]+$/,
  }),
  egressAllow: list('EGRESS_ALLOW', {
    description: 'Holes in the egress guard, comma separated: host, host:port, address or CIDR range',
    check: checkEgressHoles,
  }),
});
export type CredentialsVaultConfig = ConfigOf<typeof credentialsVaultConfig.variables>;

function optionalKey(): Variable<string | null> {
  return {
    env: 'CREDENTIALS_VAULT_KEY',
    description:
      'Key that wraps the data keys of all organizations: 32 random bytes in base64. Without it nothing can be read. Needed unless a transit engine keeps the key',
    defaultText: '',
    secret: true,
    read(raw) {
      if (raw === undefined) return null;
      if (!KEY.test(raw)) throw new Error('must be 32 bytes in base64');
      return raw;
    },
  };
}

function formerKeys(): Variable<readonly string[]> {
  return {
    env: 'CREDENTIALS_VAULT_FORMER_KEYS',
    description: 'Keys that CREDENTIALS_VAULT_KEY replaces, comma separated, until rpa_vault_data_keys_to_rewrap is 0',
    defaultText: '',
    secret: true,
    read(raw) {
      const keys = (raw ?? '').split(',').map((key) => key.trim());
      const given = keys.filter((key) => key !== '');
      if (!given.every((key) => KEY.test(key))) throw new Error('must be 32 bytes in base64 each');
      return given;
    },
  };
}
