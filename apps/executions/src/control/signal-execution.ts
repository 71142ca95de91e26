import type { AcceptedReply, SignalExecutionRequest } from '@rpa/contracts';
import { v7 as newId } from 'uuid';
import type { PostStimulus } from '../inbox/post-stimulus.js';
import type { SignalBody } from '../inbox/to-event.js';
import type { LoadPlan } from '../start/load-plan.js';
import { assertInline } from './assert-inline.js';
import { checkSignal } from './check-signal.js';

/** Accepts a signal once it is durable. Its id is the caller's key, so that the run knows a repeat for ever. */
export class SignalExecution {
  constructor(
    private readonly post: PostStimulus,
    private readonly plans: LoadPlan,
  ) {}

  async execute(
    organizationId: string,
    request: SignalExecutionRequest,
    idempotencyKey: string | null,
  ): Promise<AcceptedReply> {
    const { name, payload = null } = request;
    assertInline('payload', payload);
    const { versionId } = await this.post.find(organizationId, request.id);
    checkSignal(await this.plans.execute(organizationId, versionId), name, payload);
    const signal: SignalBody = { id: idempotencyKey ? `key:${idempotencyKey}` : newId(), name, payload };
    const { id, status } = await this.post.execute({
      organizationId,
      executionId: request.id,
      kind: 'signal',
      dedupeKey: `signal ${signal.id}`,
      body: signal,
    });
    return { id, status };
  }
}
