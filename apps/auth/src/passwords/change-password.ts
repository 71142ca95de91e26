import { Injectable } from '@nestjs/common';
import { AppError, type ChangePasswordRequest, type DoneReply, type UserPrincipal } from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { ConfirmPassword } from './confirm-password.js';
import { SetPassword } from './set-password.js';

@Injectable()
export class ChangePassword {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly confirm: ConfirmPassword,
    private readonly setPassword: SetPassword,
  ) {}

  async execute(request: ChangePasswordRequest, user: UserPrincipal, client: ClientRef): Promise<DoneReply> {
    const account = await this.accounts.find(user.organizationId, user.userId);
    if (!account) throw new AppError('invalid_token', 'The user of this token does not exist any more.');
    await this.confirm.execute(account, request.currentPassword, client);
    await this.setPassword.execute(account, request.newPassword, { keepSession: user.sessionId });
    return {};
  }
}
