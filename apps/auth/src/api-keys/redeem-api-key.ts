import { Injectable } from '@nestjs/common';
import { AppError, type RedeemApiKeyReply, type RedeemApiKeyRequest } from '@rpa/contracts';
import { Identity } from '@rpa/platform';
import { permissionsOf } from '../accounts/account.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { hashOf } from '../sessions/refresh-token.js';
import { SystemScopeRepository } from '../system-scope.repository.js';
import { ApiKeyUses } from './api-key-uses.js';

/** As often a key's uses are counted, and as long it might outlive what nobody has told the gateway. */
const SECONDS = 60;

/** Makes a token of an API key: its user, with those of the key's scopes that the user still has. */
@Injectable()
export class RedeemApiKey {
  constructor(
    private readonly systemScope: SystemScopeRepository,
    private readonly accounts: AccountsRepository,
    private readonly identity: Identity,
    private readonly uses: ApiKeyUses,
  ) {}

  async execute({ key, uses = 0 }: RedeemApiKeyRequest): Promise<RedeemApiKeyReply> {
    const found = await this.systemScope.findApiKey(hashOf(key));
    const account = found && (await this.accounts.find(found.organizationId, found.userId));
    if (!found || !account || account.deactivatedAt)
      throw new AppError('invalid_token', 'The API key is unknown, revoked, or has expired.');
    this.uses.count(found.id, uses + 1);
    const left = found.expiresAt ? Math.ceil((found.expiresAt.getTime() - Date.now()) / 1_000) : SECONDS;
    const expiresIn = Math.max(1, Math.min(SECONDS, left));
    const { userId, organization, roles, epoch } = account;
    const permissions = permissionsOf(account).filter((permission) => found.scopes.includes(permission));
    const accessToken = await this.identity.signUser(
      { userId, organization, roles, permissions, apiKeyId: found.id, epoch },
      expiresIn,
    );
    return { accessToken, expiresIn };
  }
}
