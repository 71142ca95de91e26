import { redeemGrant } from '@rpa/contracts';
import { CredentialEntity } from '@rpa/entities/credentials-vault';
import { idempotencyMigration, startService, type RunningService } from '@rpa/platform';
import { credentialsVaultConfig, type CredentialsVaultConfig } from './credentials-vault.config.js';
import { CredentialsVaultModule } from './credentials-vault.module.js';
import { DataKeys } from './encryption/data-keys.js';
import { RedeemGrant } from './grants/redeem-grant.js';
import { Credentials1764100000000 } from './migrations/1764100000000-credentials.js';
import { KeysTokensSharing1795380000000 } from './migrations/1795380000000-keys-tokens-sharing.js';
import { RotationLoop } from './rotation/rotation-loop.js';

export async function start(config: CredentialsVaultConfig = credentialsVaultConfig.load()): Promise<RunningService> {
  return startService({
    service: 'credentials-vault',
    config,
    module: CredentialsVaultModule,
    database: {
      schema: 'credentials_vault',
      config,
      entities: [CredentialEntity],
      migrations: [idempotencyMigration('credentials_vault'), Credentials1764100000000, KeysTokensSharing1795380000000],
    },
    async bind(app, strategy) {
      await app.get(DataKeys, { strict: false }).checkKeyEncryptionKey();
      // Asked once an attempt of every step that uses a credential.
      const redeem = app.get(RedeemGrant, { strict: false });
      strategy.handleDirectly(redeemGrant, (request, { principal }) => redeem.execute(principal, request));
    },
    started: (app) => app.get(RotationLoop).nudge(),
    stopping: (app) => app.get(RotationLoop).stop(),
  });
}
