import { Injectable } from '@nestjs/common';
import {
  AppError,
  type ApiKeyView,
  type CreateApiKeyReply,
  type CreateApiKeyRequest,
  type DoneReply,
  type ListApiKeysReply,
  type ListRequest,
  type UserPrincipal,
} from '@rpa/contracts';
import type { ApiKeyEntity } from '@rpa/entities/auth';
import { Audit, mayDo, Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';
import { AccessChanges } from '../access/access-changes.js';
import { assertMayGrant } from '../access/rank.js';
import { hashOf } from '../sessions/refresh-token.js';
import { newApiKey, toApiKeyView } from './api-key.js';
import { ApiKeysRepository } from './api-keys.repository.js';

const MAX_KEYS = 100;

/** One's own API keys; those of others for who may see or change users. */
@Injectable()
export class ManageApiKeys {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly transactions: Transactions,
    private readonly changes: AccessChanges,
    private readonly audit: Audit,
  ) {}

  async create(user: UserPrincipal, request: CreateApiKeyRequest): Promise<CreateApiKeyReply> {
    const { organizationId, userId } = user;
    assertMayGrant(user, request.scopes);
    const expiresAt = request.expiresAt ? new Date(request.expiresAt) : null;
    if (expiresAt && !(expiresAt.getTime() > Date.now()))
      throw new AppError('validation_failed', 'expiresAt must be in the future.', {
        errors: [{ path: 'expiresAt', code: 'past', message: 'must be in the future' }],
      });
    if ((await this.keys.findMany(organizationId, { userId }, MAX_KEYS)).length >= MAX_KEYS)
      throw new AppError('conflict', `You have ${MAX_KEYS} API keys: revoke those that you do not use.`);
    const { key, prefix } = newApiKey();
    const { name, scopes } = request;
    const row = { id: newId(), userId, name, prefix, keyHash: hashOf(key), scopes, expiresAt };
    return this.transactions.run(async () => {
      await this.keys.insert(organizationId, row);
      const view = toApiKeyView(await this.keys.get(organizationId, row.id));
      await this.audit.record({ action: 'api_key.created', resource: resourceOf(row), after: view });
      return { ...view, key };
    });
  }

  async list(user: UserPrincipal, request: ListRequest): Promise<ListApiKeysReply> {
    const where = mayDo(user, 'users:read') ? {} : { userId: user.userId };
    const page = await this.keys.page(user.organizationId, where, request);
    return { data: page.data.map(toApiKeyView), nextCursor: page.nextCursor };
  }

  async get(user: UserPrincipal, id: string): Promise<ApiKeyView> {
    return toApiKeyView(await this.find(user, id, mayDo(user, 'users:read')));
  }

  async revoke(user: UserPrincipal, id: string): Promise<DoneReply> {
    const { organizationId } = user;
    await this.transactions.run(async () => {
      const row = await this.find(user, id, mayDo(user, 'users:write'));
      await this.keys.softDelete(organizationId, row.id);
      await this.audit.record({ action: 'api_key.revoked', resource: resourceOf(row) });
    });
    this.changes.tell(organizationId, 'api_key', [id]);
    return {};
  }

  /** Somebody else's key is not there for who may not see it. */
  private async find(user: UserPrincipal, id: string, anybodys: boolean): Promise<ApiKeyEntity> {
    const row = await this.keys.get(user.organizationId, id);
    if (!anybodys && row.userId !== user.userId) throw new AppError('not_found', 'There is no API key with this id.');
    return row;
  }
}

function resourceOf(row: { id: string; name: string; prefix: string }): { type: string; id: string; name: string } {
  return { type: 'api_key', id: row.id, name: `${row.name} (${row.prefix})` };
}
