import { Inject, Injectable } from '@nestjs/common';
import {
  AppError,
  type BeginOidcLoginReply,
  type BeginOidcLoginRequest,
  type ListLoginProvidersReply,
} from '@rpa/contracts';
import { CONFIG } from '@rpa/platform';
import {
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { AuthConfig } from '../auth.config.js';
import { Sealing } from '../sealing/sealing.js';
import { SystemScopeRepository } from '../system-scope.repository.js';
import { OidcClients } from './oidc-clients.js';
import { sealFlow } from './oidc-flow.js';
import { MAX_PROVIDERS, OidcProvidersRepository } from './oidc-providers.repository.js';
import { callbackUrl, loginPath } from './oidc-urls.js';

@Injectable()
export class BeginOidcLogin {
  constructor(
    @Inject(CONFIG) private readonly config: AuthConfig,
    private readonly systemScope: SystemScopeRepository,
    private readonly providers: OidcProvidersRepository,
    private readonly clients: OidcClients,
    private readonly sealing: Sealing,
  ) {}

  async list(slug: string): Promise<ListLoginProvidersReply> {
    const organizationId = await this.systemScope.findOrganizationBySlug(slug);
    const rows = organizationId ? await this.providers.findMany(organizationId, { enabled: true }, MAX_PROVIDERS) : [];
    return { data: rows.map(({ key, name }) => ({ key, name, url: loginPath(slug, key) })) };
  }

  async execute(request: BeginOidcLoginRequest): Promise<BeginOidcLoginReply> {
    const organizationId = await this.systemScope.findOrganizationBySlug(request.organization);
    const provider =
      organizationId && (await this.providers.find(organizationId, { key: request.provider, enabled: true }));
    if (!organizationId || !provider) throw new AppError('not_found', 'There is no such login.');
    const client = await this.clients.of(provider);
    const [state, nonce, codeVerifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()];
    const url = buildAuthorizationUrl(client, {
      redirect_uri: callbackUrl(this.config.publicUrl),
      response_type: 'code',
      scope: [...new Set(['openid', 'email', 'profile', ...provider.scopes])].join(' '),
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    });
    const returnTo = request.returnTo ?? '/';
    const flow = { organizationId, providerId: provider.id, state, nonce, codeVerifier, returnTo };
    return { url: url.href, flow: sealFlow(this.sealing, flow) };
  }
}
