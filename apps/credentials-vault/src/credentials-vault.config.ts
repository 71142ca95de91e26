import { databaseVariables, defineConfig, serviceVariables, text, type ConfigOf } from '@rpa/platform';

export const credentialsVaultConfig = defineConfig({
  ...serviceVariables('credentials-vault', 3006),
  ...databaseVariables(3),
  keyEncryptionKey: text('CREDENTIALS_VAULT_KEY', {
    description:
      'Key that wraps the data keys of all organizations: 32 random bytes in base64. Without it nothing can be read',
    secret: true,
    pattern: /^[A-Za-z0-9+/]{43}=$/,
  }),
});
export type CredentialsVaultConfig = ConfigOf<typeof credentialsVaultConfig.variables>;
