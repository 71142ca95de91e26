import type { DynamicModule, INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { healthSubject, type ServiceName } from '@rpa/contracts';
import { connectBus, encodeBody, NatsStrategy, type Bus, type BusStatus } from '@rpa/messaging';
import type { EntityTarget, MixedList, ObjectLiteral } from 'typeorm';
import { AuditDesk } from '../audit/audit-desk.js';
import { auditMigration } from '../audit/audit-migration.js';
import { AuditRelay } from '../audit/audit-relay.js';
import { Audit } from '../audit/audit.js';
import type { DatabaseConfig, ServiceConfig } from '../config/service.config.js';
import { Database } from '../database/database.js';
import { Transactions } from '../database/transactions.js';
import { ServiceDoor } from '../door/service-door.js';
import { Health, type Readiness } from '../health/health.js';
import { startProbeServer } from '../health/probe-server.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { createLogger, NestLog } from '../log/logger.js';
import { Metrics } from '../metrics/metrics.js';
import { askForSigningKeys } from '../principal/ask-for-signing-keys.js';
import { Identity } from '../principal/identity.js';
import { flushTraces, startTracing } from '../trace/tracing.js';
import { PlatformModule } from './platform.module.js';
import type { ServiceContext } from './service-context.js';

export interface ServiceDefinition<Config extends ServiceConfig> {
  service: ServiceName;
  config: Config;
  /** The service's own Nest module; {@link PlatformModule} is imported beside it. */
  module: Type | DynamicModule;
  database?: {
    schema: string;
    config: DatabaseConfig;
    entities: MixedList<EntityTarget<ObjectLiteral>>;
    migrations: (new () => object)[];
    /** Tables that the service may only add to, where it works as another role than the owner's. */
    appendOnly?: readonly string[];
    /** The owner keeps Idempotency-Keys by itself (or creates nothing). Default: the shared table. */
    ownIdempotency?: true;
  };
  /** Makes the application an HTTP one (the gateway): bind its routes in `bind`, listen in `started`. */
  http?: AbstractHttpAdapter;
  /** Binds hot commands to plain functions, before the service listens. */
  bind?(app: INestApplicationContext, strategy: NatsStrategy, context: ServiceContext<Config>): void | Promise<void>;
  /** Starts loops, consumers and an HTTP door; runs when the service listens. */
  started?(app: INestApplicationContext, context: ServiceContext<Config>): void | Promise<void>;
  /** Ends them again: first thing at stop, while bus and database are still there. */
  stopping?(app: INestApplicationContext, context: ServiceContext<Config>): void | Promise<void>;
}

export interface RunningService {
  service: ServiceName;
  /** Of `/health/live`, `/health/ready` and `/metrics`. */
  probePort: number;
  app: INestApplicationContext;
  readiness(): Promise<Readiness>;
  /** Drains: readiness red, loops ended, messages finished, connections closed. */
  stop(): Promise<void>;
}

const DRAIN_MS = 4_000;
const IDEMPOTENCY_SWEEP_MS = 3_600_000;
/** Services that share a process have its memory and event loop measured by the first of them. */
let processIsMeasured = false;

/** Starts one service: probes, PostgreSQL with migrations, NATS, its Nest application, its handlers. */
export async function startService<Config extends ServiceConfig>(
  definition: ServiceDefinition<Config>,
): Promise<RunningService> {
  const { service, config } = definition;
  const logger = createLogger({ service, level: config.logLevel, format: config.logFormat });
  startTracing({ service, otlpEndpoint: config.otlpEndpoint });
  const metrics = new Metrics(service);
  if (!processIsMeasured) metrics.collectProcessMetrics();
  processIsMeasured = true;
  const health = new Health();
  let phase: 'starting' | 'running' | 'stopping' = 'starting';
  health.add('service', () => (phase === 'running' ? { ok: true } : { ok: false, reason: phase }));
  const probes = await startProbeServer({ host: config.probeHost, port: config.probePort, health, metrics });
  const closers: (() => Promise<void>)[] = [() => probes.close()];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse())
      await close().catch((error: unknown) => logger.warn({ err: error }, 'Something did not close'));
  };
  try {
    const context = await openContext(definition, { logger, metrics, health, closers });
    answerHealth(service, context.bus, health);
    const { app, strategy } = await createApp(definition, context);
    closers.push(() => app.close());
    await definition.bind?.(app, strategy, context);
    await app.init();
    await listen(strategy);
    await definition.started?.(app, context);
    // Who is told that the service is up may ask it at once.
    await context.bus.settled();
    phase = 'running';
    logger.info({ probePort: probes.port }, 'Service is up');
    const drain = async (): Promise<void> => {
      phase = 'stopping';
      closers.push(() => context.bus.responder.stop(DRAIN_MS));
      closers.push(async () => definition.stopping?.(app, context));
      await closeAll();
      await flushTraces();
    };
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => (stopped ??= drain());
    return { service, probePort: probes.port, app, readiness: () => health.readiness(), stop };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

interface Foundations {
  logger: ServiceContext['logger'];
  metrics: Metrics;
  health: Health;
  closers: (() => Promise<void>)[];
}

async function openContext<Config extends ServiceConfig>(
  definition: ServiceDefinition<Config>,
  { logger, metrics, health, closers }: Foundations,
): Promise<ServiceContext<Config>> {
  const { service, config } = definition;
  const identity = await Identity.load({ service, identityKey: config.identityKey, trustedKeys: config.trustedKeys });
  const database = await openDatabase(definition, logger);
  if (database) {
    closers.push(() => database.close());
    health.add('postgresql', () => database.check());
  }
  const transactions = database && new Transactions(database);
  const idempotency =
    database && transactions && !definition.database?.ownIdempotency
      ? new Idempotency(database, transactions, config.identityKey)
      : null;
  if (idempotency) {
    const forget = (): Promise<unknown> =>
      idempotency
        .forgetOld()
        .catch((error: unknown) => logger.warn({ err: error }, 'Old idempotency keys are still there'));
    const sweep = setInterval(() => void forget(), IDEMPOTENCY_SWEEP_MS);
    closers.push(async () => clearInterval(sweep));
  }
  const bus = await connectBus({
    service,
    servers: config.natsUrl,
    user: config.natsUser,
    password: config.natsPassword,
    maxInFlight: config.maxInFlight,
    onStatus: (status) => logStatus(logger, status),
    onError: (error) => logger.error({ err: error }, 'NATS reports an error'),
  });
  closers.push(() => bus.close(DRAIN_MS / 4));
  askForSigningKeys(identity, bus);
  health.add('nats', () => (bus.connected ? { ok: true } : { ok: false, reason: `NATS: ${bus.disconnectedReason}` }));
  metrics.gauge('rpa_messages_in_flight', 'Commands being worked on', () => bus.responder.load);
  const audit = database && transactions ? new Audit(database, transactions) : null;
  const relay = database ? new AuditRelay({ database, bus, identity, logger, metrics }) : null;
  relay?.start();
  if (relay) closers.push(() => relay.stop());
  const desk = audit && relay && transactions ? new AuditDesk({ audit, relay, transactions, logger, metrics }) : null;
  const door = new ServiceDoor(identity, logger, metrics, idempotency, desk);
  return { service, config, logger, metrics, health, identity, bus, door, database, transactions, audit };
}

async function openDatabase<Config extends ServiceConfig>(
  definition: ServiceDefinition<Config>,
  logger: ServiceContext['logger'],
): Promise<Database | null> {
  if (!definition.database) return null;
  const { schema, config, entities, migrations, appendOnly } = definition.database;
  return Database.open({
    url: config.databaseUrl,
    migrationsUrl: config.migrationsUrl,
    ...(appendOnly && { appendOnly }),
    schema,
    poolSize: config.dbPoolSize,
    entities: entities as never,
    migrations: [auditMigration(schema), ...migrations],
    requireDurable: config.unsafeDatabase === 'required',
    service: definition.service,
    logger,
  });
}

async function createApp<Config extends ServiceConfig>(
  definition: ServiceDefinition<Config>,
  context: ServiceContext<Config>,
): Promise<{ app: INestApplicationContext; strategy: NatsStrategy }> {
  const strategy = new NatsStrategy(definition.service, context.bus, context.door);
  const root: DynamicModule = {
    module: class ServiceRoot {},
    imports: [PlatformModule.of(context), definition.module as DynamicModule],
  };
  const options = { logger: new NestLog(context.logger), abortOnError: false };
  const app = definition.http
    ? await NestFactory.create(root, definition.http, { ...options, bodyParser: false })
    : await NestFactory.createMicroservice(root, { ...options, strategy });
  return { app, strategy };
}

/** Tells the gateway how this replica is; part of its `/api/health`. */
function answerHealth(service: ServiceName, bus: Bus, health: Health): void {
  bus.subscribe(
    healthSubject(service),
    (_body, msg) => {
      const answer = async (): Promise<boolean> => msg.respond(encodeBody(await health.readiness()));
      void answer().catch(() => undefined);
    },
    service,
  );
}

function listen(strategy: NatsStrategy): Promise<void> {
  return new Promise((resolve, reject) => {
    strategy.listen((error) => (error ? reject(error instanceof Error ? error : new Error(String(error))) : resolve()));
  });
}

function logStatus(logger: ServiceContext['logger'], status: BusStatus): void {
  if (status.connected) logger.info('NATS is connected');
  else logger.warn({ reason: status.reason }, 'NATS is not connected');
}
