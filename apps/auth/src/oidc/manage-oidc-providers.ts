import { Inject, Injectable } from '@nestjs/common';
import {
  AppError,
  SYSTEM_ROLES,
  type CreateOidcProviderRequest,
  type DoneReply,
  type ListOidcProvidersReply,
  type OidcProviderView,
  type UpdateOidcProviderRequest,
  type UserPrincipal,
} from '@rpa/contracts';
import type { OidcProviderEntity } from '@rpa/entities/auth';
import { Audit, CONFIG, sqlState, Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';
import { assertMayGrant } from '../access/rank.js';
import type { AuthConfig } from '../auth.config.js';
import { RolesRepository } from '../roles/roles.repository.js';
import { Sealing } from '../sealing/sealing.js';
import { MAX_PROVIDERS, OidcProvidersRepository } from './oidc-providers.repository.js';
import { callbackUrl, loginPath } from './oidc-urls.js';

type Settings = Pick<
  OidcProviderEntity,
  | 'name'
  | 'issuer'
  | 'clientId'
  | 'scopes'
  | 'groupsClaim'
  | 'groupMappings'
  | 'defaultRoles'
  | 'createUsers'
  | 'enabled'
>;

/**
 * Whom a provider vouches for signs in, as whoever it says. So who sets one up can be anybody of the organization, and must
 * be somebody who may do everything already.
 */
@Injectable()
export class ManageOidcProviders {
  constructor(
    @Inject(CONFIG) private readonly config: AuthConfig,
    private readonly providers: OidcProvidersRepository,
    private readonly roles: RolesRepository,
    private readonly sealing: Sealing,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  async list(user: UserPrincipal): Promise<ListOidcProvidersReply> {
    const rows = await this.providers.findMany(user.organizationId, {}, MAX_PROVIDERS);
    return { data: rows.map((row) => this.toView(row, user)), nextCursor: null };
  }

  async get(user: UserPrincipal, id: string): Promise<OidcProviderView> {
    return this.toView(await this.providers.get(user.organizationId, id), user);
  }

  async create(user: UserPrincipal, request: CreateOidcProviderRequest): Promise<OidcProviderView> {
    const { organizationId } = user;
    await this.assertMayVouch(user, request);
    if ((await this.providers.findMany(organizationId, {}, MAX_PROVIDERS)).length >= MAX_PROVIDERS)
      throw new AppError('conflict', `An organization has at most ${MAX_PROVIDERS} providers.`);
    const id = newId();
    const clientSecret = request.clientSecret ? this.sealing.seal(secretPurpose(id), request.clientSecret) : null;
    const row = { id, key: request.key, clientSecret, ...settingsOf(request) };
    return this.transactions.run(async () => {
      await this.providers.insert(organizationId, row).catch((error: unknown) => {
        throw sqlState(error) === '23505'
          ? new AppError('already_exists', 'There is a provider with this key.')
          : error;
      });
      const view = await this.get(user, id);
      await this.audit.record({ action: 'oidc_provider.created', resource: resourceOf(view), after: view });
      return view;
    });
  }

  async update(user: UserPrincipal, request: UpdateOidcProviderRequest): Promise<OidcProviderView> {
    const { id, clientSecret } = request;
    await this.assertMayVouch(user, request);
    return this.transactions.run(async () => {
      const before = await this.get(user, id);
      await this.providers.update(user.organizationId, id, {
        ...settingsOf(request),
        updatedAt: new Date(),
        ...(clientSecret && { clientSecret: this.sealing.seal(secretPurpose(id), clientSecret) }),
      });
      const after = await this.get(user, id);
      await this.audit.record({ action: 'oidc_provider.updated', resource: resourceOf(after), before, after });
      return after;
    });
  }

  async remove(user: UserPrincipal, id: string): Promise<DoneReply> {
    return this.transactions.run(async () => {
      const before = await this.get(user, id);
      await this.providers.softDelete(user.organizationId, id);
      await this.audit.record({ action: 'oidc_provider.deleted', resource: resourceOf(before), before });
      return {};
    });
  }

  private async assertMayVouch(
    user: UserPrincipal,
    request: CreateOidcProviderRequest | UpdateOidcProviderRequest,
  ): Promise<void> {
    assertMayGrant(user, SYSTEM_ROLES.owner);
    const { groupMappings = [], defaultRoles = [], issuer } = request;
    if (issuer.startsWith('http:') && !this.config.oidcOverHttp)
      throw new AppError('validation_failed', 'The issuer must be https.', {
        errors: [{ path: 'issuer', code: 'https', message: 'must be https (or set OIDC_OVER_HTTP on a test system)' }],
      });
    await this.roles.resolve(user.organizationId, [...groupMappings.map(({ role }) => role), ...defaultRoles]);
  }

  private toView(row: OidcProviderEntity, user: UserPrincipal): OidcProviderView {
    return {
      ...settingsOf(row),
      id: row.id,
      key: row.key,
      confidential: row.clientSecret !== null,
      redirectUri: callbackUrl(this.config.publicUrl),
      loginUrl: `${this.config.publicUrl}${loginPath(user.organizationSlug, row.key)}`,
      createdAt: row.createdAt.toISOString(),
    };
  }
}

/** What the client secret is sealed for. */
export function secretPurpose(providerId: string): string {
  return `client secret ${providerId}`;
}

function settingsOf(request: CreateOidcProviderRequest | UpdateOidcProviderRequest | OidcProviderEntity): Settings {
  const {
    name,
    issuer,
    clientId,
    scopes = [],
    groupsClaim = 'groups',
    groupMappings = [],
    defaultRoles = [],
  } = request;
  const { createUsers = true, enabled = true } = request;
  const mappings = groupMappings.map(({ group, role }) => ({ group, role }));
  return { name, issuer, clientId, scopes, groupsClaim, groupMappings: mappings, defaultRoles, createUsers, enabled };
}

function resourceOf({ id, key }: OidcProviderView): { type: string; id: string; name: string } {
  return { type: 'oidc_provider', id, name: key };
}
