import { Inject, Injectable, type OnModuleDestroy, type Provider } from '@nestjs/common';
import { CONFIG } from '@rpa/platform';
import { createEgress, createHttpClient, type Egress, type HttpClient } from '@rpa/step-kit';
import type { IntegrationsConfig } from '../integrations.config.js';

/** Injects the guarded HTTP client. */
export const HTTP_CLIENT = Symbol('HTTP_CLIENT');

/** The one way out of this service. */
@Injectable()
export class GuardedEgress implements OnModuleDestroy {
  private readonly egress: Egress;
  readonly http: HttpClient;

  constructor(@Inject(CONFIG) config: IntegrationsConfig) {
    this.egress = createEgress({ allow: config.egressAllow });
    this.http = createHttpClient(this.egress);
  }

  onModuleDestroy(): Promise<void> {
    return this.egress.close();
  }
}

export const httpClientProvider: Provider = {
  provide: HTTP_CLIENT,
  inject: [GuardedEgress],
  useFactory: (guarded: GuardedEgress) => guarded.http,
};
