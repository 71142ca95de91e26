import { Injectable } from '@nestjs/common';
import type { CloseSessionRequest, DoneReply, UserPrincipal } from '@rpa/contracts';
import { Audit, Transactions } from '@rpa/platform';
import { AccessChanges } from '../access/access-changes.js';
import { hashOf } from './refresh-token.js';
import { SessionsRepository } from './sessions.repository.js';

/** Logs out: the session of a refresh token, or else the one that asks. */
@Injectable()
export class CloseSession {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly transactions: Transactions,
    private readonly changes: AccessChanges,
    private readonly audit: Audit,
  ) {}

  async execute({ refreshToken }: CloseSessionRequest, user: UserPrincipal): Promise<DoneReply> {
    const { organizationId, userId, sessionId } = user;
    const ended = await this.transactions.run(async () => {
      const ended = refreshToken
        ? await this.sessions.endByToken(organizationId, userId, hashOf(refreshToken))
        : await this.sessions.end(organizationId, userId, 'logout', { only: sessionId ?? '' });
      await this.audit.record({ action: 'session.closed', resource: { type: 'user', id: userId } });
      return ended;
    });
    this.changes.tell(organizationId, 'session', ended);
    return {};
  }
}
