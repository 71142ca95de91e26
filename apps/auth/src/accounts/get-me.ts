import { Injectable } from '@nestjs/common';
import { AppError, type MeView } from '@rpa/contracts';
import { permissionsOf, toUserView } from './account.js';
import { AccountsRepository } from './accounts.repository.js';

@Injectable()
export class GetMe {
  constructor(private readonly accounts: AccountsRepository) {}

  async execute(organizationId: string, userId: string): Promise<MeView> {
    const account = await this.accounts.find(organizationId, userId);
    if (!account) throw new AppError('invalid_token', 'The user of this token does not exist any more.');
    return {
      user: toUserView(account),
      organization: account.organization,
      permissions: permissionsOf(account.roles),
    };
  }
}
