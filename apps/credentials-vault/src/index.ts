export { credentialsVaultConfig } from './credentials-vault.config.js';
export type { CredentialsVaultConfig } from './credentials-vault.config.js';
export { start } from './start.js';
