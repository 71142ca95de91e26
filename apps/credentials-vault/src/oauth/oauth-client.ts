import { Injectable } from '@nestjs/common';
import { AppError, type JsonObject } from '@rpa/contracts';
import { StepFailure } from '@rpa/step-kit';
import * as oauth from 'oauth4webapi';
import { GuardedEgress } from '../egress/guarded-egress.js';

/** What was fetched with an oauth2 credential; stored encrypted. */
export interface OAuthToken {
  accessToken: string;
  tokenType: string;
  refreshToken: string | null;
  /** RFC 3339; null when the server did not say. */
  expiresAt: string | null;
  fetchedAt: string;
}

/** `data` of an oauth2 credential. */
export interface OAuthData {
  clientId: string;
  clientSecret?: string;
  tokenUrl: string;
  authorizationUrl?: string;
  grantType?: 'client_credentials' | 'authorization_code';
  clientAuthentication?: 'basic' | 'post';
  scopes?: string[];
  audience?: string;
  accessToken?: string;
  refreshToken?: string;
  expiresAt?: string;
}

/** A refusal that another attempt does not change. */
const FINAL = new Set(['invalid_grant', 'invalid_client', 'unauthorized_client', 'invalid_scope', 'access_denied']);

/** Talks to token endpoints: OAuth 2.0 by `oauth4webapi`, connections by the egress guard. */
@Injectable()
export class OAuthClient {
  constructor(private readonly egress: GuardedEgress) {}

  clientCredentials(data: OAuthData): Promise<OAuthToken> {
    return this.ask(data, (server, client, authentication, options) =>
      oauth.clientCredentialsGrantRequest(server, client, authentication, extras(data), options),
    );
  }

  refresh(data: OAuthData, refreshToken: string): Promise<OAuthToken> {
    return this.ask(
      data,
      (server, client, authentication, options) =>
        oauth.refreshTokenGrantRequest(server, client, authentication, refreshToken, options),
      refreshToken,
    );
  }

  /** @param answer what the authorization server appended to the redirect */
  exchange(
    data: OAuthData,
    flow: { answer: URLSearchParams; state: string; redirectUri: string; verifier: string },
  ): Promise<OAuthToken> {
    // Which server it was is known from the state; `iss` would need its metadata.
    flow.answer.delete('iss');
    return this.ask(data, (server, client, authentication, options) => {
      const callback = oauth.validateAuthResponse(server, client, flow.answer, flow.state);
      return oauth.authorizationCodeGrantRequest(
        server,
        client,
        authentication,
        callback,
        flow.redirectUri,
        flow.verifier,
        options,
      );
    });
  }

  private async ask(
    data: OAuthData,
    send: (
      server: oauth.AuthorizationServer,
      client: oauth.Client,
      authentication: oauth.ClientAuth,
      options: oauth.TokenEndpointRequestOptions,
    ) => Promise<Response>,
    formerRefreshToken: string | null = null,
  ): Promise<OAuthToken> {
    const server: oauth.AuthorizationServer = { issuer: new URL(data.tokenUrl).origin, token_endpoint: data.tokenUrl };
    const client: oauth.Client = { client_id: data.clientId };
    const options = {
      [oauth.customFetch]: this.egress.fetch,
      [oauth.allowInsecureRequests]: isLoopback(data.tokenUrl),
    };
    try {
      const response = await withoutIdToken(await send(server, client, authenticationOf(data), options));
      const answer = await oauth.processGenericTokenEndpointResponse(server, client, response);
      return toToken(answer, formerRefreshToken);
    } catch (error) {
      throw toAppError(error);
    }
  }
}

/** On this machine nobody listens in between; everywhere else a secret needs TLS. */
export function isLoopback(url: string): boolean {
  return URL.canParse(url) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}

/** Nobody is logged in here; an ID token would only have to be checked against an issuer that nobody has named. */
async function withoutIdToken(response: Response): Promise<Response> {
  const text = await response.text();
  const { status, headers } = response;
  try {
    const { id_token: _, ...body } = JSON.parse(text) as JsonObject;
    return new Response(JSON.stringify(body), { status, headers });
  } catch {
    return new Response(text, { status, headers });
  }
}

function authenticationOf({ clientSecret, clientAuthentication }: OAuthData): oauth.ClientAuth {
  if (!clientSecret) return oauth.None();
  return clientAuthentication === 'post' ? oauth.ClientSecretPost(clientSecret) : oauth.ClientSecretBasic(clientSecret);
}

function extras({ scopes, audience }: OAuthData): Record<string, string> {
  return { ...(scopes?.length && { scope: scopes.join(' ') }), ...(audience && { audience }) };
}

function toToken(answer: oauth.TokenEndpointResponse, formerRefreshToken: string | null): OAuthToken {
  const now = Date.now();
  return {
    accessToken: answer.access_token,
    tokenType: answer.token_type,
    refreshToken: answer.refresh_token ?? formerRefreshToken,
    expiresAt: answer.expires_in === undefined ? null : new Date(now + answer.expires_in * 1000).toISOString(),
    fetchedAt: new Date(now).toISOString(),
  };
}

/** Says what the server said about it, in its own code; never what was sent. */
function toAppError(error: unknown): AppError {
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError) {
    const code = FINAL.has(error.error) ? 'credential_refused' : 'unavailable';
    return new AppError(code, `The authorization server refused: ${error.error.slice(0, 100)}.`, { cause: error });
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError)
    return new AppError('credential_refused', 'The authorization server does not accept the client.', { cause: error });
  if (error instanceof StepFailure && !error.retryable)
    return new AppError('credential_refused', `The token endpoint cannot be called: ${error.message}`, {
      cause: error,
    });
  return new AppError('unavailable', 'The token endpoint gave no usable answer.', { cause: error });
}
