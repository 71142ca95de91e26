import {
  createCredential,
  deleteCredential,
  getCredential,
  listCredentials,
  restoreCredential,
  updateCredential,
} from './manage-credentials.command.js';
import { beginConnect, finishConnect } from './connect-credential.command.js';
import { checkCredentialKeys, redeemGrant } from './redeem-grant.command.js';
import { getKeyState, rotateDataKey } from './rotate-keys.command.js';
import {
  getCredentialUsage,
  listCredentialTypes,
  listCredentialVersions,
  rollbackCredential,
  rotateCredential,
  testCredential,
} from './use-credentials.command.js';

export * from './connect-credential.command.js';
export * from './credential-types.js';
export * from './manage-credentials.command.js';
export * from './redeem-grant.command.js';
export * from './rotate-keys.command.js';
export * from './use-credentials.command.js';

export const VAULT_COMMANDS = [
  createCredential,
  getCredential,
  listCredentials,
  updateCredential,
  deleteCredential,
  restoreCredential,
  redeemGrant,
  checkCredentialKeys,
  listCredentialTypes,
  testCredential,
  rotateCredential,
  listCredentialVersions,
  rollbackCredential,
  getCredentialUsage,
  beginConnect,
  finishConnect,
  getKeyState,
  rotateDataKey,
] as const;
