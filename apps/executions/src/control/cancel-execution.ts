import type { CancelExecutionReply, CancelExecutionRequest, ExecutionStatus, Principal } from '@rpa/contracts';
import { v7 as newId } from 'uuid';
import type { InboxRepository } from '../inbox/inbox.repository.js';
import type { NudgeOwner } from '../inbox/nudge-owner.js';
import type { CancelWish } from '../inbox/to-event.js';
import type { ExecutionsRepository } from '../read/executions.repository.js';

/** Accepts the wish to cancel once it is durable; the owner of the run carries it out. */
export class CancelExecution {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly inbox: InboxRepository,
    private readonly nudge: NudgeOwner,
  ) {}

  async execute(
    organizationId: string,
    request: CancelExecutionRequest,
    principal: Principal | null,
  ): Promise<CancelExecutionReply> {
    const row = await this.executions.get(organizationId, request.id);
    const by = principal?.kind === 'user' ? principal.userId : principal?.service;
    await this.post(organizationId, request.id, {
      ...(by !== undefined && { by }),
      ...(request.reason !== undefined && { reason: request.reason }),
    });
    return { id: row.id, status: row.status as ExecutionStatus };
  }

  /** Once a run: a second wish changes nothing. A run that has ended stays as it is. */
  async post(organizationId: string, executionId: string, wish: CancelWish): Promise<void> {
    const row = {
      id: newId(),
      organizationId,
      executionId,
      kind: 'cancel',
      dedupeKey: 'cancel',
      body: JSON.stringify(wish),
    };
    if (await this.inbox.post(row)) await this.nudge.execute([executionId]);
  }
}
