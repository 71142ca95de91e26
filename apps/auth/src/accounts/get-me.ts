import { Injectable } from '@nestjs/common';
import { AppError, type MeView, type UserPrincipal } from '@rpa/contracts';
import { permissionsOf, toUserView } from './account.js';
import { AccountsRepository } from './accounts.repository.js';

@Injectable()
export class GetMe {
  constructor(private readonly accounts: AccountsRepository) {}

  async execute(user: UserPrincipal): Promise<MeView> {
    const account = await this.accounts.find(user.organizationId, user.userId);
    if (!account || account.deactivatedAt)
      throw new AppError('invalid_token', 'The user of this token does not exist any more.');
    const permissions = permissionsOf(account);
    return {
      user: toUserView(account),
      organization: account.organization,
      // An API key never speaks with more than its own scopes.
      permissions: user.apiKeyId ? permissions.filter((name) => user.permissions.has(name)) : permissions,
      mfaEnabled: account.mfaEnabled,
    };
  }
}
