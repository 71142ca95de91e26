import { Injectable } from '@nestjs/common';
import type { ListUsersReply, ListUsersRequest, MemberView } from '@rpa/contracts';
import { toMemberView } from '../accounts/account.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { UsersRepository } from './users.repository.js';

@Injectable()
export class ReadUsers {
  constructor(
    private readonly users: UsersRepository,
    private readonly accounts: AccountsRepository,
  ) {}

  async list(organizationId: string, request: ListUsersRequest): Promise<ListUsersReply> {
    const { accounts, nextCursor } = await this.users.page(organizationId, request);
    return { data: accounts.map(toMemberView), nextCursor };
  }

  async get(organizationId: string, id: string): Promise<MemberView> {
    return toMemberView(await this.accounts.get(organizationId, id));
  }
}
