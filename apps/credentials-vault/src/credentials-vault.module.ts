import { Module } from '@nestjs/common';
import { CreateCredential } from './credentials/create-credential.js';
import { CredentialsMessages } from './credentials/credentials.messages.js';
import { CredentialsRepository } from './credentials/credentials.repository.js';
import { UpdateCredential } from './credentials/update-credential.js';
import { DataKeys } from './encryption/data-keys.js';
import { GrantsRepository } from './grants/grants.repository.js';
import { RedeemGrant } from './grants/redeem-grant.js';

@Module({
  controllers: [CredentialsMessages],
  providers: [DataKeys, CredentialsRepository, CreateCredential, UpdateCredential, GrantsRepository, RedeemGrant],
})
export class CredentialsVaultModule {}
