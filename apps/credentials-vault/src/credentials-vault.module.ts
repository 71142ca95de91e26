import { Module } from '@nestjs/common';
import { CONFIG } from '@rpa/platform';
import { ChangeCredential } from './credentials/change-credential.js';
import { CreateCredential } from './credentials/create-credential.js';
import { CredentialHealthRepository } from './credentials/credential-health.repository.js';
import { CredentialsMessages } from './credentials/credentials.messages.js';
import { CredentialsRepository } from './credentials/credentials.repository.js';
import { DeleteCredential } from './credentials/delete-credential.js';
import { ReadCredentials } from './credentials/read-credentials.js';
import { ReadUsage } from './credentials/read-usage.js';
import { RotateCredential } from './credentials/rotate-credential.js';
import { TestCredential } from './credentials/test-credential.js';
import { UpdateCredential } from './credentials/update-credential.js';
import { GuardedEgress } from './egress/guarded-egress.js';
import { DataKeys } from './encryption/data-keys.js';
import { createKeyRing, KeyRing } from './encryption/key-ring.js';
import { GrantsRepository } from './grants/grants.repository.js';
import { RedeemGrant } from './grants/redeem-grant.js';
import { ConnectCredential } from './oauth/connect-credential.js';
import { ConnectsRepository } from './oauth/connects.repository.js';
import { FreshToken } from './oauth/fresh-token.js';
import { OAuthClient } from './oauth/oauth-client.js';
import { OAuthMessages } from './oauth/oauth.messages.js';
import { OAuthTokensRepository } from './oauth/oauth-tokens.repository.js';
import { ReencryptValues } from './rotation/reencrypt-values.js';
import { RewrapDataKeys } from './rotation/rewrap-data-keys.js';
import { RotateDataKey } from './rotation/rotate-data-key.js';
import { RotationLoop } from './rotation/rotation-loop.js';
import { RotationMessages } from './rotation/rotation.messages.js';
import { RotationsRepository } from './rotation/rotations.repository.js';

@Module({
  controllers: [CredentialsMessages, OAuthMessages, RotationMessages],
  providers: [
    { provide: KeyRing, inject: [CONFIG], useFactory: createKeyRing },
    ChangeCredential,
    ConnectCredential,
    ConnectsRepository,
    CreateCredential,
    CredentialHealthRepository,
    CredentialsRepository,
    DataKeys,
    DeleteCredential,
    FreshToken,
    GrantsRepository,
    GuardedEgress,
    OAuthClient,
    OAuthTokensRepository,
    ReadCredentials,
    ReadUsage,
    RedeemGrant,
    ReencryptValues,
    RewrapDataKeys,
    RotateCredential,
    RotateDataKey,
    RotationLoop,
    RotationsRepository,
    TestCredential,
    UpdateCredential,
  ],
})
export class CredentialsVaultModule {}
