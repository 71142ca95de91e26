import {
  ApiKeyEntity,
  InvitationEntity,
  OidcProviderEntity,
  OrganizationEntity,
  RefreshTokenEntity,
  RoleEntity,
  SessionEntity,
  UserEntity,
  UserRoleEntity,
} from '@rpa/entities/auth';
import { idempotencyMigration, startService, type RunningService } from '@rpa/platform';
import { ApiKeyUses } from './api-keys/api-key-uses.js';
import { authConfig, type AuthConfig } from './auth.config.js';
import { AuthModule } from './auth.module.js';
import { BeginAudit } from './audit/begin-audit.js';
import { Audit1795370000000 } from './migrations/1795370000000-audit.js';
import { CreateAccounts1767225600000 } from './migrations/1767225600000-create-accounts.js';
import { Identity1795370100000 } from './migrations/1795370100000-identity.js';
import { ForgetExpired } from './sessions/forget-expired.js';
import { RotateSigningKeys } from './signing-keys/rotate-signing-keys.js';

const ENTITIES = [
  ApiKeyEntity,
  InvitationEntity,
  OidcProviderEntity,
  OrganizationEntity,
  RefreshTokenEntity,
  RoleEntity,
  SessionEntity,
  UserEntity,
  UserRoleEntity,
];

/** Starts auth: accounts and sessions behind its commands. */
export function start(config: AuthConfig = authConfig.load()): Promise<RunningService> {
  return startService({
    service: 'auth',
    config,
    module: AuthModule,
    database: {
      schema: 'auth',
      config,
      entities: ENTITIES,
      migrations: [
        CreateAccounts1767225600000,
        Audit1795370000000,
        Identity1795370100000,
        idempotencyMigration('auth'),
      ],
      appendOnly: ['audit_records'],
    },
    bind: async (app) => {
      await app.get(BeginAudit, { strict: false }).forInstallation();
      // Before the first login is answered: it must find a key to sign by.
      await app.get(RotateSigningKeys, { strict: false }).start();
    },
    started: (app) => {
      app.get(ForgetExpired).start();
      app.get(ApiKeyUses).start();
    },
    stopping: async (app) => {
      app.get(ForgetExpired).stop();
      app.get(RotateSigningKeys).stop();
      await app.get(ApiKeyUses).stop();
    },
  });
}
