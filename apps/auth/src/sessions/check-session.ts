import { Injectable } from '@nestjs/common';
import type { CheckSessionReply, CheckSessionRequest } from '@rpa/contracts';
import { SessionsRepository } from './sessions.repository.js';

@Injectable()
export class CheckSession {
  constructor(private readonly sessions: SessionsRepository) {}

  async execute({ organizationId, sessionId }: CheckSessionRequest): Promise<CheckSessionReply> {
    const epoch = await this.sessions.findEpoch(organizationId, sessionId);
    return { active: epoch !== null, epoch: epoch ?? 0 };
  }
}
