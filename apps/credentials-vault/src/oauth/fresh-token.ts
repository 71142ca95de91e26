import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppError } from '@rpa/contracts';
import { CredentialHealthRepository } from '../credentials/credential-health.repository.js';
import { OAuthClient, type OAuthData, type OAuthToken } from './oauth-client.js';
import { OAuthTokensRepository } from './oauth-tokens.repository.js';

/** A token is renewed this long before it ends, or after half of its life when that is short. */
const EARLY_MS = 60_000;
/** Of a token whose server did not say. */
const UNKNOWN_LIFE_MS = 3_600_000;
const WAIT_MS = 15_000;
const LOOK_AGAIN_MS = 100;

export interface OAuthCredential {
  organizationId: string;
  id: string;
  data: OAuthData;
}

/**
 * The access token of an oauth2 credential. It is renewed early, by one of all replicas at a time, and a token that the
 * server gave is stored before it is used: a refresh token that was traded in is never lost by us.
 */
@Injectable()
export class FreshToken {
  private readonly renewing = new Map<string, Promise<OAuthToken>>();

  constructor(
    private readonly tokens: OAuthTokensRepository,
    private readonly client: OAuthClient,
    private readonly health: CredentialHealthRepository,
  ) {}

  async execute(credential: OAuthCredential): Promise<OAuthToken> {
    const known = await this.known(credential);
    return known && !isDue(known) ? known : this.renew(credential);
  }

  /** Fetches a new token whatever the present one is; callers that come together share one. */
  renew(credential: OAuthCredential, force = false): Promise<OAuthToken> {
    const running = this.renewing.get(credential.id);
    if (running) return running;
    const work = this.renewOnce(credential, force).finally(() => this.renewing.delete(credential.id));
    this.renewing.set(credential.id, work);
    return work;
  }

  private async renewOnce(credential: OAuthCredential, force: boolean): Promise<OAuthToken> {
    const { organizationId, id } = credential;
    for (const until = Date.now() + WAIT_MS; Date.now() < until; await sleep(LOOK_AGAIN_MS)) {
      if (await this.tokens.lease(organizationId, id)) return this.renewUnderLease(credential, force);
      const known = await this.known(credential);
      if (known && !force && isValid(known)) return known;
    }
    throw new AppError('unavailable', 'Another replica is fetching the token of this credential; try again.');
  }

  private async renewUnderLease(credential: OAuthCredential, force: boolean): Promise<OAuthToken> {
    const { organizationId, id } = credential;
    const known = await this.known(credential);
    if (known && !force && !isDue(known)) {
      await this.tokens.release(organizationId, id);
      return known;
    }
    try {
      const token = await this.fetch(credential.data, known?.refreshToken ?? null);
      await this.tokens.store(organizationId, id, token);
      await this.health.write(organizationId, id, 'ok', null);
      return token;
    } catch (error) {
      await this.tokens.release(organizationId, id);
      await this.note(credential, error);
      if (known && !force && isValid(known)) return known;
      throw error;
    }
  }

  private async fetch(data: OAuthData, refreshToken: string | null): Promise<OAuthToken> {
    if (refreshToken) return this.client.refresh(data, refreshToken);
    if (data.grantType !== 'authorization_code' && data.clientSecret) return this.client.clientCredentials(data);
    throw new AppError('credential_refused', 'The credential is not connected: nobody has given consent yet.');
  }

  private async note({ organizationId, id, data }: OAuthCredential, error: unknown): Promise<void> {
    const message = AppError.is(error) ? error.message : 'The token could not be renewed.';
    const lost = AppError.is(error) && error.code === 'credential_refused' && data.grantType === 'authorization_code';
    await this.health.write(organizationId, id, lost ? 'unconnected' : 'failing', message);
  }

  /** The stored token; before there is one, what was typed in with the credential. */
  private async known({ organizationId, id, data }: OAuthCredential): Promise<OAuthToken | null> {
    const stored = await this.tokens.read(organizationId, id);
    if (stored) return stored;
    if (!data.accessToken && !data.refreshToken) return null;
    return {
      accessToken: data.accessToken ?? '',
      tokenType: 'bearer',
      refreshToken: data.refreshToken ?? null,
      expiresAt: data.accessToken ? (data.expiresAt ?? null) : new Date(0).toISOString(),
      fetchedAt: new Date(0).toISOString(),
    };
  }
}

function endOf({ expiresAt, fetchedAt }: OAuthToken): number {
  if (expiresAt !== null) return Date.parse(expiresAt);
  const fetched = Date.parse(fetchedAt);
  return fetched === 0 ? Infinity : fetched + UNKNOWN_LIFE_MS;
}

function isValid(token: OAuthToken): boolean {
  return endOf(token) > Date.now();
}

function isDue(token: OAuthToken): boolean {
  const end = endOf(token);
  return end - Math.min(EARLY_MS, (end - Date.parse(token.fetchedAt)) / 2) <= Date.now();
}
