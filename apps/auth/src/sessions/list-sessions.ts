import { Injectable } from '@nestjs/common';
import type { ListSessionsReply } from '@rpa/contracts';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { SessionsRepository } from './sessions.repository.js';

@Injectable()
export class ListSessions {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly accounts: AccountsRepository,
  ) {}

  /** `current` is the session that asks. */
  async execute(organizationId: string, userId: string, current?: string): Promise<ListSessionsReply> {
    await this.accounts.get(organizationId, userId);
    const rows = await this.sessions.listOpen(organizationId, userId);
    const data = rows.map(({ createdAt, lastUsedAt, expiresAt, ...row }) => ({
      ...row,
      current: row.id === current,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    }));
    return { data, nextCursor: null };
  }
}
