import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  AppError,
  type BeginConnectReply,
  type CredentialView,
  type FinishConnectRequest,
  type Principal,
  type UserPrincipal,
} from '@rpa/contracts';
import { Audit, CONFIG, organizationOf, Transactions } from '@rpa/platform';
import type { CredentialsVaultConfig } from '../credentials-vault.config.js';
import { CredentialHealthRepository } from '../credentials/credential-health.repository.js';
import { toView } from '../credentials/credential-view.js';
import { CredentialsRepository } from '../credentials/credentials.repository.js';
import { assertShared } from '../credentials/sharing.js';
import { ConnectsRepository } from './connects.repository.js';
import { OAuthClient, type OAuthData } from './oauth-client.js';
import { OAuthTokensRepository } from './oauth-tokens.repository.js';

const SECRET_BYTES = 32;
/** Below `PUBLIC_URL`: the page that takes what the authorization server appends and hands it in. */
export const CONNECT_PATH = '/oauth/connected';

/**
 * The consent of a person (authorization code with PKCE, RFC 9700). The state is good once, for ten minutes and for the
 * one who began; the way back is a configured address, never one that a request names.
 */
@Injectable()
export class ConnectCredential {
  private readonly redirectUri: string;

  constructor(
    @Inject(CONFIG) config: CredentialsVaultConfig,
    private readonly credentials: CredentialsRepository,
    private readonly connects: ConnectsRepository,
    private readonly tokens: OAuthTokensRepository,
    private readonly client: OAuthClient,
    private readonly health: CredentialHealthRepository,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {
    this.redirectUri = `${config.publicUrl}${CONNECT_PATH}`;
  }

  async begin(principal: Principal | null, id: string): Promise<BeginConnectReply> {
    const user = userOf(principal);
    const data = await this.oauthData(user, id);
    if (data.grantType !== 'authorization_code' || !data.authorizationUrl)
      throw new AppError(
        'conflict',
        'Only oauth2 credentials with grantType authorization_code and an authorizationUrl are connected.',
      );
    const state = randomBytes(SECRET_BYTES).toString('base64url');
    const verifier = randomBytes(SECRET_BYTES).toString('base64url');
    const expiresAt = await this.connects.begin({
      stateHash: hashOf(state),
      organizationId: user.organizationId,
      credentialId: id,
      userId: user.userId,
      verifier,
    });
    const url = new URL(data.authorizationUrl);
    const parameters = {
      response_type: 'code',
      client_id: data.clientId,
      redirect_uri: this.redirectUri,
      state,
      code_challenge: hashOf(verifier).toString('base64url'),
      code_challenge_method: 'S256',
      ...(data.scopes?.length && { scope: data.scopes.join(' ') }),
      ...(data.audience && { audience: data.audience }),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return { url: url.href, expiresAt: expiresAt.toISOString() };
  }

  async finish(principal: Principal | null, { state, code, error }: FinishConnectRequest): Promise<CredentialView> {
    const user = userOf(principal);
    const { organizationId, userId } = user;
    const begun = await this.connects.take(organizationId, userId, hashOf(state));
    if (!begun)
      throw new AppError(
        'validation_failed',
        'This connection was not begun by you, is over, or took too long; begin again.',
      );
    const data = await this.oauthData(user, begun.credentialId);
    const answer = new URLSearchParams({ state, ...(code && { code }), ...(error && { error }) });
    const token = await this.client.exchange(data, {
      answer,
      state,
      redirectUri: this.redirectUri,
      verifier: begun.verifier,
    });
    await this.tokens.store(organizationId, begun.credentialId, token);
    await this.health.write(organizationId, begun.credentialId, 'ok', null);
    const credential = await this.credentials.get(organizationId, begun.credentialId);
    const resource = { type: 'credential', id: credential.id, name: credential.name };
    await this.transactions.run(() => this.audit.record({ action: 'credential.connected', resource }));
    return toView(credential, (await this.health.read(organizationId, [credential.id])).get(credential.id) ?? null);
  }

  private async oauthData(user: UserPrincipal, id: string): Promise<OAuthData> {
    const credential = await this.credentials.get(user.organizationId, id);
    assertShared(credential, user);
    if (credential.type !== 'oauth2')
      throw new AppError('conflict', `A credential of type ${credential.type} is not connected.`);
    return (await this.credentials.open(user.organizationId, id, credential.version)) as unknown as OAuthData;
  }
}

function userOf(principal: Principal | null): UserPrincipal {
  organizationOf(principal);
  if (principal?.kind !== 'user') throw new AppError('forbidden', 'Only a person can give consent.');
  return principal;
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
