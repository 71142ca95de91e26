import { Inject, Injectable } from '@nestjs/common';
import { AppError, type FinishOidcLoginReply, type FinishOidcLoginRequest } from '@rpa/contracts';
import type { OidcProviderEntity } from '@rpa/entities/auth';
import type { ClientRef } from '@rpa/messaging';
import { CONFIG } from '@rpa/platform';
import { authorizationCodeGrant, fetchUserInfo, type Configuration } from 'openid-client';
import type { AuthConfig } from '../auth.config.js';
import { CompleteLogin } from '../login/complete-login.js';
import { Sealing } from '../sealing/sealing.js';
import { AdmitPerson } from './admit-person.js';
import { OidcClients } from './oidc-clients.js';
import { openFlow, type OidcFlow } from './oidc-flow.js';
import { OidcProvidersRepository } from './oidc-providers.repository.js';
import { callbackUrl } from './oidc-urls.js';
import { personOfClaims, type Person } from './person-of-claims.js';

@Injectable()
export class FinishOidcLogin {
  constructor(
    @Inject(CONFIG) private readonly config: AuthConfig,
    private readonly providers: OidcProvidersRepository,
    private readonly clients: OidcClients,
    private readonly admitPerson: AdmitPerson,
    private readonly completeLogin: CompleteLogin,
    private readonly sealing: Sealing,
  ) {}

  async execute({ query, flow: sealed }: FinishOidcLoginRequest, client: ClientRef): Promise<FinishOidcLoginReply> {
    const flow = openFlow(this.sealing, sealed);
    const provider = await this.providers.find(flow.organizationId, { id: flow.providerId, enabled: true });
    if (!provider) throw new AppError('invalid_token', 'This login is not offered any more.');
    const person = await this.ask(provider, flow, query);
    const account = await this.admitPerson.execute(provider, person);
    const reply = await this.completeLogin.execute(account, { byPassword: false, secondFactor: false }, client);
    return { ...reply, redirectTo: `${this.config.publicUrl}${this.pathAfter(reply, flow)}` };
  }

  private pathAfter({ challenge }: Pick<FinishOidcLoginReply, 'challenge'>, { returnTo }: OidcFlow): string {
    if (!challenge) return returnTo;
    const rest = new URLSearchParams({ challenge: challenge.challenge, token: challenge.token, returnTo });
    return `/login#${rest}`;
  }

  private async ask(provider: OidcProviderEntity, flow: OidcFlow, query: string): Promise<Person> {
    const config = await this.clients.of(provider);
    const answer = new URL(`${callbackUrl(this.config.publicUrl)}?${query}`);
    try {
      const tokens = await authorizationCodeGrant(config, answer, {
        pkceCodeVerifier: flow.codeVerifier,
        expectedState: flow.state,
        expectedNonce: flow.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims() ?? {};
      return personOfClaims(
        { ...(await userInfo(config, tokens.access_token, claims)), ...claims },
        provider.groupsClaim,
      );
    } catch (error) {
      if (AppError.is(error)) throw error;
      throw new AppError('invalid_token', 'The provider did not confirm this login; begin it again.', { cause: error });
    }
  }
}

/** Many providers tell e-mail and groups only here. */
async function userInfo(config: Configuration, accessToken: string, claims: { sub?: string }): Promise<object> {
  if (!config.serverMetadata().userinfo_endpoint || !claims.sub) return {};
  return fetchUserInfo(config, accessToken, claims.sub);
}
