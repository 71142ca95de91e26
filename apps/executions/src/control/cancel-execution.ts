import type { AcceptedReply, CancelExecutionRequest } from '@rpa/contracts';
import type { Posted } from '../inbox/inbox.repository.js';
import type { PostStimulus } from '../inbox/post-stimulus.js';
import type { CancelWish } from '../inbox/to-event.js';
import type { ExecutionsRepository } from '../read/executions.repository.js';

const RETRY_MS = 1_000;

/** Accepts the wish to cancel once it is durable; the owner of the run carries it out. */
export class CancelExecution {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly stimuli: PostStimulus,
  ) {}

  async execute(
    organizationId: string,
    { id, reason }: CancelExecutionRequest,
    by: string | undefined,
  ): Promise<AcceptedReply> {
    const { status } = await this.executions.brief(organizationId, id);
    await this.post(organizationId, id, { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) });
    return { id, status };
  }

  /** A child that nobody waits for any more, tried until it is durable. */
  orphan(organizationId: string, executionId: string): void {
    this.post(organizationId, executionId, { reason: 'the parent has ended' }).catch(() =>
      setTimeout(() => this.orphan(organizationId, executionId), RETRY_MS).unref(),
    );
  }

  /** Once a run: a second wish changes nothing. A run that has ended stays as it is. */
  async post(organizationId: string, executionId: string, wish: CancelWish): Promise<Posted> {
    return this.stimuli.post({ organizationId, executionId, kind: 'cancel', dedupeKey: 'cancel', body: wish });
  }
}
