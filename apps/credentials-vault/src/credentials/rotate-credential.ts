import { Injectable } from '@nestjs/common';
import {
  AppError,
  secretFieldsOf,
  type CredentialView,
  type JsonObject,
  type Principal,
  type RotateCredentialRequest,
} from '@rpa/contracts';
import { Audit, organizationOf, Transactions } from '@rpa/platform';
import { FreshToken } from '../oauth/fresh-token.js';
import type { OAuthData } from '../oauth/oauth-client.js';
import { OAuthTokensRepository } from '../oauth/oauth-tokens.repository.js';
import { ChangeCredential } from './change-credential.js';
import { checkData } from './check-data.js';
import { CredentialHealthRepository } from './credential-health.repository.js';
import { toView } from './credential-view.js';
import { CredentialsRepository } from './credentials.repository.js';
import { assertShared, nameOf } from './sharing.js';

/** With other values of these a token that was fetched before belongs to somebody else. */
const WHOSE = ['clientId', 'tokenUrl', 'grantType', 'accessToken', 'refreshToken'];

/** Replaces some values and keeps the others, so that nobody needs to type in what did not change. */
@Injectable()
export class RotateCredential {
  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly tokens: OAuthTokensRepository,
    private readonly health: CredentialHealthRepository,
    private readonly freshToken: FreshToken,
    private readonly changing: ChangeCredential,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  async execute(principal: Principal | null, { id, data }: RotateCredentialRequest): Promise<CredentialView> {
    if (data === undefined) return this.renewToken(principal, id);
    return this.changing.execute(principal, id, 'credential.rotated', async (organizationId, { type, version }) => {
      const former = await this.credentials.open(organizationId, id, version);
      assertKnownWhereItGoes(type, former, data);
      const merged = { ...former, ...data };
      checkData(type, merged);
      await this.credentials.replaceData(organizationId, id, merged, nameOf(principal));
      if (WHOSE.some((field) => field in data)) await this.tokens.forget(organizationId, id);
      await this.health.forget(organizationId, id);
    });
  }

  /** Makes former values the newest ones, as a new version. */
  rollback(principal: Principal | null, id: string, version: number): Promise<CredentialView> {
    return this.changing.execute(principal, id, 'credential.rolled_back', async (organizationId) => {
      const data = await this.credentials.open(organizationId, id, version);
      await this.credentials.replaceData(organizationId, id, data, nameOf(principal));
      await this.tokens.forget(organizationId, id);
      await this.health.forget(organizationId, id);
    });
  }

  private async renewToken(principal: Principal | null, id: string): Promise<CredentialView> {
    const organizationId = organizationOf(principal);
    const credential = await this.credentials.get(organizationId, id);
    assertShared(credential, principal);
    if (credential.type !== 'oauth2')
      throw new AppError('validation_failed', `A credential of type ${credential.type} is rotated by its new values.`, {
        errors: [{ path: 'data', code: 'required', message: 'is required' }],
      });
    const data = (await this.credentials.open(organizationId, id, credential.version)) as unknown as OAuthData;
    await this.freshToken.renew({ organizationId, id, data }, true);
    await this.transactions.run(() =>
      this.audit.record({
        action: 'credential.rotated',
        resource: { type: 'credential', id, name: credential.name },
        after: { tokenFetched: true },
      }),
    );
    return toView(credential, (await this.health.read(organizationId, [id])).get(id) ?? null);
  }
}

/** Fields that say where secrets are sent. */
const ADDRESSES = ['testUrl', 'tokenUrl', 'host'];

/** Who changes where a secret goes has to know it: values are never given out, not to an address either. */
function assertKnownWhereItGoes(type: string, former: JsonObject, data: JsonObject): void {
  if (!ADDRESSES.some((field) => field in data && data[field] !== former[field])) return;
  const kept = secretFieldsOf(type, former).filter((field) => former[field] !== undefined && !(field in data));
  if (kept.length > 0)
    throw new AppError('validation_failed', `With a new address the secrets are needed again: ${kept.join(', ')}.`, {
      errors: kept.map((field) => ({
        path: `data.${field}`,
        code: 'required',
        message: 'is required with a new address',
      })),
    });
}
