import { Injectable } from '@nestjs/common';
import type { DoneReply, UserPrincipal } from '@rpa/contracts';
import { hashOf } from './refresh-token.js';
import { SessionsRepository } from './sessions.repository.js';

@Injectable()
export class CloseSession {
  constructor(private readonly sessions: SessionsRepository) {}

  async execute(token: string, user: UserPrincipal): Promise<DoneReply> {
    await this.sessions.endByLogout(user.organizationId, user.userId, hashOf(token));
    return {};
  }
}
