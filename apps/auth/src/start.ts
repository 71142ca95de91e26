import { OrganizationEntity, RefreshTokenEntity, SessionEntity, UserEntity, UserRoleEntity } from '@rpa/entities/auth';
import { startService, type RunningService } from '@rpa/platform';
import { authConfig, type AuthConfig } from './auth.config.js';
import { AuthModule } from './auth.module.js';
import { BeginAudit } from './audit/begin-audit.js';
import { Audit1795370000000 } from './migrations/1795370000000-audit.js';
import { CreateAccounts1767225600000 } from './migrations/1767225600000-create-accounts.js';
import { ForgetExpired } from './sessions/forget-expired.js';

/** Starts auth: accounts and sessions behind its commands. */
export function start(config: AuthConfig = authConfig.load()): Promise<RunningService> {
  return startService({
    service: 'auth',
    config,
    module: AuthModule,
    database: {
      schema: 'auth',
      config,
      entities: [OrganizationEntity, UserEntity, UserRoleEntity, SessionEntity, RefreshTokenEntity],
      migrations: [CreateAccounts1767225600000, Audit1795370000000],
      appendOnly: ['audit_records'],
      ownIdempotency: true,
    },
    bind: (app) => app.get(BeginAudit, { strict: false }).forInstallation(),
    started: (app) => app.get(ForgetExpired).start(),
    stopping: (app) => app.get(ForgetExpired).stop(),
  });
}
