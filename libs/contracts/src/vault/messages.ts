import {
  createCredential,
  deleteCredential,
  getCredential,
  listCredentials,
  restoreCredential,
  updateCredential,
} from './manage-credentials.command.js';
import { checkCredentialKeys, redeemGrant } from './redeem-grant.command.js';

export * from './credential-types.js';
export * from './manage-credentials.command.js';
export * from './redeem-grant.command.js';

export const VAULT_COMMANDS = [
  createCredential,
  getCredential,
  listCredentials,
  updateCredential,
  deleteCredential,
  restoreCredential,
  redeemGrant,
  checkCredentialKeys,
] as const;
