import { checkCredentialKeys, redeemGrant } from './redeem-grant.command.js';

export * from './credential-types.js';
export * from './redeem-grant.command.js';

export const VAULT_COMMANDS = [redeemGrant, checkCredentialKeys] as const;
