import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access/access.guard.js';
import { AccessTokenStrategy } from './access/access-token.strategy.js';
import { AccessTokens } from './access/access-tokens.js';
import { ApiKeys } from './access/api-keys.js';
import { BrowserSessions } from './access/browser-sessions.js';
import { SessionCookies } from './access/session-cookies.js';
import { SessionStates } from './access/session-states.js';
import { DocsController } from './docs/docs.controller.js';
import { HealthController } from './health/health.controller.js';
import { PlatformHealth } from './health/platform-health.js';
import { ProblemFilter } from './http/problem.filter.js';
import { ROUTE_TABLE, type RouteTable } from './http/route-table.js';
import { KeysController } from './keys/keys.controller.js';
import { LandingController } from './landing/landing.controller.js';

@Module({
  controllers: [DocsController, HealthController, KeysController, LandingController],
  providers: [
    AccessTokens,
    ApiKeys,
    BrowserSessions,
    SessionCookies,
    SessionStates,
    AccessTokenStrategy,
    PlatformHealth,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class GatewayModule {
  static of(routes: RouteTable): DynamicModule {
    return { module: GatewayModule, providers: [{ provide: ROUTE_TABLE, useValue: routes }] };
  }
}
