import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Bus } from '@rpa/messaging';
import { Audit } from '../audit/audit.js';
import { Database } from '../database/database.js';
import { Transactions } from '../database/transactions.js';
import { Health } from '../health/health.js';
import { Metrics } from '../metrics/metrics.js';
import { Identity } from '../principal/identity.js';
import type { ServiceContext } from './service-context.js';

/** Injects the service's configuration. */
export const CONFIG = Symbol('CONFIG');
/** Injects the service's {@link Logger}. */
export const LOGGER = Symbol('LOGGER');

/** Makes a service's {@link ServiceContext} injectable everywhere in its application. */
@Global()
@Module({})
export class PlatformModule {
  static of(context: ServiceContext): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: context.config },
      { provide: LOGGER, useValue: context.logger },
      { provide: Metrics, useValue: context.metrics },
      { provide: Health, useValue: context.health },
      { provide: Identity, useValue: context.identity },
      { provide: Bus, useValue: context.bus },
      ...(context.database ? [{ provide: Database, useValue: context.database }] : []),
      ...(context.audit ? [{ provide: Audit, useValue: context.audit }] : []),
      ...(context.transactions ? [{ provide: Transactions, useValue: context.transactions }] : []),
    ];
    return { module: PlatformModule, providers, exports: providers.map((provider) => provider.provide) };
  }
}
