import type { AcceptedReply } from '@rpa/contracts';
import { v7 as newId } from 'uuid';
import type { PostStimulus } from '../inbox/post-stimulus.js';

export interface PauseWish {
  organizationId: string;
  executionId: string;
  by: string | undefined;
  idempotencyKey: string | null;
}

/** Pauses a run, or lets it go on. Wishes are kept in their order: a run ends up as the last one says. */
export class PauseExecution {
  constructor(private readonly post: PostStimulus) {}

  async execute(kind: 'pause' | 'resume', wish: PauseWish): Promise<AcceptedReply> {
    const { organizationId, executionId, by, idempotencyKey } = wish;
    const { id, status } = await this.post.execute({
      organizationId,
      executionId,
      kind,
      dedupeKey: `${kind} ${idempotencyKey ?? newId()}`,
      body: { ...(by !== undefined && { by }) },
    });
    return { id, status };
  }
}
