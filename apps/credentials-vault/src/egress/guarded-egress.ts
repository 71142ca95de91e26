import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG } from '@rpa/platform';
import { createEgress, createHttpClient, type Egress, type HttpClient } from '@rpa/step-kit';
import type { CredentialsVaultConfig } from '../credentials-vault.config.js';

const MAX_TOKEN_BYTES = 256 * 1024;
const TIMEOUT_MS = 10_000;

/** The way to systems that customers name: token endpoints and test addresses. */
@Injectable()
export class GuardedEgress implements OnModuleDestroy {
  private readonly egress: Egress;
  readonly http: HttpClient;

  constructor(@Inject(CONFIG) config: CredentialsVaultConfig) {
    this.egress = createEgress({ allow: config.egressAllow });
    this.http = createHttpClient(this.egress);
  }

  /** The same as a `fetch`, for libraries; no redirects, since what is sent holds secrets. */
  readonly fetch = async (
    url: string,
    init: { method?: string; headers?: object; body?: unknown },
  ): Promise<Response> => {
    const response = await this.http({
      method: init.method ?? 'GET',
      url,
      headers: { ...(init.headers as Record<string, string>) },
      body: init.body === undefined || init.body === null ? undefined : String(init.body),
      timeoutMs: TIMEOUT_MS,
      maxRedirects: 0,
      maxBodyBytes: MAX_TOKEN_BYTES,
    });
    const headers = new Headers();
    for (const [name, value] of Object.entries(response.headers)) headers.set(name, [value].flat().join(', '));
    return new Response(new Uint8Array(response.body), { status: response.status, headers });
  };

  onModuleDestroy(): Promise<void> {
    return this.egress.close();
  }
}
