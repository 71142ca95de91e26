import type { INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Metrics, startService, type Logger, type RunningService, type ServiceContext } from '@rpa/platform';
import type { FastifyInstance } from 'fastify';
import cookie from '@fastify/cookie';
import { AccessTokens } from './access/access-tokens.js';
import { BrowserSessions } from './access/browser-sessions.js';
import { SessionStates } from './access/session-states.js';
import { gatewayConfig, type GatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { mountHooks } from './hooks/mount-hooks.js';
import { readBodies } from './http/body-readers.js';
import { createServer } from './http/create-server.js';
import { Drain } from './http/drain.js';
import { logRequests } from './http/log-requests.js';
import { BODY_LIMIT, mountRoutes } from './http/mount-routes.js';
import { protectBrowsers } from './http/protect-browsers.js';
import { trackRequests } from './http/request-state.js';
import type { RouteTable } from './http/route-table.js';
import { boundRequests } from './limits/bound-requests.js';
import { RateLimits } from './limits/rate-limits.js';
import { openRealtime, type Realtime } from './realtime/open-realtime.js';
import { ROUTES } from './routes/routes.js';

const DRAIN_MS = 7_000;

export interface RunningGateway extends RunningService {
  /** Where the API listens, e.g. `http://127.0.0.1:3000`. */
  url: string;
}

/** Starts the gateway: the HTTP API in front of all services. */
export async function start(
  config: GatewayConfig = gatewayConfig.load(),
  routes: RouteTable = ROUTES,
): Promise<RunningGateway> {
  let logger: Logger | null = null;
  let url = '';
  let drain: Drain | null = null;
  let realtime: Realtime | null = null;
  let limits: RateLimits | null = null;
  const adapter = createServer(config, () => {
    if (!logger) throw new Error('The gateway answers before it is set up.');
    return logger;
  });
  const running = await startService({
    service: 'gateway',
    config,
    module: GatewayModule.of(routes),
    http: adapter,
    bind: async (app, _strategy, context) => {
      logger = context.logger;
      realtime = openLive(app, context);
      limits = new RateLimits(context.bus, { callers: config.rateLimit, keys: config.rateLimitKey });
      limits.share();
      drain = await setUp(app as NestFastifyApplication, context, routes, { realtime, limits });
    },
    started: async (app) => {
      await (app as NestFastifyApplication).listen(config.port, config.host);
      url = await (app as NestFastifyApplication).getUrl();
    },
    stopping() {
      realtime?.stop();
      limits?.stop();
      drain?.start(DRAIN_MS);
    },
  });
  return { ...running, url };
}

function openLive(app: INestApplicationContext, context: ServiceContext<GatewayConfig>): Realtime {
  const { config, bus, identity, logger } = context;
  const tokens = app.get(AccessTokens);
  return openRealtime({
    bus,
    identity,
    logger,
    allowedOrigins: config.allowedOrigins,
    perOrganization: config.liveConnections,
    prove: (token) => tokens.proveToken(token),
  });
}

async function setUp(
  app: NestFastifyApplication,
  context: ServiceContext<GatewayConfig>,
  table: RouteTable,
  { realtime, limits }: { realtime: Realtime; limits: RateLimits },
): Promise<Drain> {
  const { config, logger, bus } = context;
  const server = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const drain = new Drain(server);
  trackRequests(server);
  boundRequests(server, config.maxRequests, logger);
  logRequests(server, logger, app.get(Metrics));
  readBodies(server, BODY_LIMIT);
  await protectBrowsers(server, config.allowedOrigins);
  await server.register(cookie);
  const sessions = app.get(SessionStates);
  sessions.onChange(() => realtime.recheck());
  sessions.listen();
  await mountHooks(server, { bus, logger });
  await mountRoutes(server, Object.values(table).flat(), {
    bus,
    logger,
    limits,
    tokens: app.get(AccessTokens),
    browsers: app.get(BrowserSessions),
    streams: realtime.streams,
  });
  realtime.listen(server.server);
  return drain;
}
