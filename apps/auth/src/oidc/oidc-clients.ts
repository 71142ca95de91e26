import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '@rpa/contracts';
import type { OidcProviderEntity } from '@rpa/entities/auth';
import { CONFIG } from '@rpa/platform';
import { createEgress, type Egress } from '@rpa/step-kit';
import { LRUCache } from 'lru-cache';
import {
  allowInsecureRequests,
  ClientSecretBasic,
  customFetch,
  discovery,
  None,
  type ClientAuth,
  type Configuration,
  type CustomFetch,
} from 'openid-client';
import { fetch as undiciFetch } from 'undici';
import type { AuthConfig } from '../auth.config.js';
import { Sealing } from '../sealing/sealing.js';
import { secretPurpose } from './manage-oidc-providers.js';

const REMEMBERED = 200;
const REMEMBERED_MS = 10 * 60_000;
const MAX_ANSWER_BYTES = 256 * 1024;
const TIMEOUT_SECONDS = 10;

/** Speaks with providers, through the egress guard: an issuer is an address that some user has typed. */
@Injectable()
export class OidcClients implements OnModuleDestroy {
  private readonly egress: Egress;
  private readonly asked = new Map<string, Promise<Configuration>>();
  private readonly known = new LRUCache<string, Configuration>({ max: REMEMBERED, ttl: REMEMBERED_MS });

  constructor(
    @Inject(CONFIG) private readonly config: AuthConfig,
    private readonly sealing: Sealing,
  ) {
    this.egress = createEgress({ allow: config.egressAllow });
  }

  /** Client of a provider as it is set up now. @throws `upstream_failed` when its discovery document cannot be had */
  async of(provider: OidcProviderEntity): Promise<Configuration> {
    const key = `${provider.id} ${provider.updatedAt.getTime()}`;
    const known = this.known.get(key);
    if (known) return known;
    // Logins that come together ask the provider once.
    const asked = this.asked.get(key) ?? this.discover(provider).finally(() => this.asked.delete(key));
    this.asked.set(key, asked);
    const made = await asked;
    this.known.set(key, made);
    return made;
  }

  onModuleDestroy(): Promise<void> {
    return this.egress.close();
  }

  private async discover(provider: OidcProviderEntity): Promise<Configuration> {
    const { issuer, clientId } = provider;
    const insecure = this.config.oidcOverHttp && issuer.startsWith('http:');
    try {
      return await discovery(new URL(issuer), clientId, undefined, this.clientAuth(provider), {
        [customFetch]: this.guardedFetch,
        timeout: TIMEOUT_SECONDS,
        ...(insecure && { execute: [allowInsecureRequests] }),
      });
    } catch (error) {
      throw new AppError('upstream_failed', `The login provider '${provider.key}' cannot be reached.`, {
        cause: error,
      });
    }
  }

  /** `client_secret_basic` is what every provider must know; a client without a secret is a public one. */
  private clientAuth(provider: OidcProviderEntity): ClientAuth {
    if (!provider.clientSecret) return None();
    return ClientSecretBasic(this.sealing.open(secretPurpose(provider.id), provider.clientSecret).toString());
  }

  private readonly guardedFetch: CustomFetch = async (url, options) => {
    const answer = await undiciFetch(url, {
      ...(options as Parameters<typeof undiciFetch>[1]),
      redirect: 'error',
      dispatcher: this.egress.dispatcher,
    });
    return bounded(answer as unknown as Response);
  };
}

/** The same answer, read to its end: a provider is somebody else's server, and what it packs small may unpack without end. */
async function bounded(answer: Response): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`The answer has more than ${MAX_ANSWER_BYTES} bytes.`);
    chunks.push(chunk);
  }
  const { status, statusText, headers } = answer;
  return new Response(answer.body ? Buffer.concat(chunks) : null, { status, statusText, headers: [...headers] });
}
