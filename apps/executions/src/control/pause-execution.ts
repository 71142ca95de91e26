import type { AcceptedReply } from '@rpa/contracts';
import { v7 as newId } from 'uuid';
import type { OnceKey } from '../inbox/inbox.repository.js';
import type { PostStimulus } from '../inbox/post-stimulus.js';

export interface PauseWish {
  organizationId: string;
  executionId: string;
  by: string | undefined;
  once: OnceKey | undefined;
}

/** Pauses a run, or lets it go on. Wishes are kept in their order: a run ends up as the last one says. */
export class PauseExecution {
  constructor(private readonly post: PostStimulus) {}

  async execute(kind: 'pause' | 'resume', wish: PauseWish): Promise<AcceptedReply> {
    const { organizationId, executionId, by, once } = wish;
    const { id, status } = await this.post.execute({
      organizationId,
      executionId,
      kind,
      dedupeKey: `${kind} ${once?.key ?? newId()}`,
      ...(once && { once }),
      body: { ...(by !== undefined && { by }) },
    });
    return { id, status };
  }
}
