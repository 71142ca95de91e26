import type { AcceptedReply, SignalExecutionRequest } from '@rpa/contracts';
import type { Plan } from '@rpa/engine';
import { v7 as newId } from 'uuid';
import type { OnceKey } from '../inbox/inbox.repository.js';
import type { PostStimulus } from '../inbox/post-stimulus.js';
import type { SignalBody } from '../inbox/to-event.js';
import type { LoadPlan } from '../start/load-plan.js';
import type { LargeValues } from '../values/large-values.js';
import { checkSignal } from './check-signal.js';
import type { SignalRoom } from './signal-room.js';

/** Accepts a signal once it is durable. Its id is the caller's key, so that the run knows a repeat for ever. */
export class SignalExecution {
  constructor(
    private readonly post: PostStimulus,
    private readonly plans: LoadPlan,
    private readonly room: SignalRoom,
    private readonly values: Pick<LargeValues, 'keepOf'>,
  ) {}

  async execute(
    organizationId: string,
    request: SignalExecutionRequest,
    once: OnceKey | undefined,
  ): Promise<AcceptedReply> {
    const { name } = request;
    const repeated = once && (await this.post.repeatOf(organizationId, once));
    if (repeated) return repeated;
    const run = await this.post.find(organizationId, request.id);
    const plan = await this.plan(organizationId, run.versionId);
    if (plan) checkSignal(plan, name, request.payload ?? null);
    const signalId = once ? `key:${once.key}` : newId();
    await this.room.assert(organizationId, run, { id: signalId, name });
    const payload = await this.values.keepOf(organizationId, () => Promise.resolve(run), request.payload ?? null);
    const signal: SignalBody = { id: signalId, name, payload };
    const { id, status } = await this.post.execute({
      organizationId,
      executionId: request.id,
      kind: 'signal',
      dedupeKey: `signal ${signal.id}`,
      body: signal,
      ...(once && { once }),
    });
    return { id, status };
  }

  /** Null: nobody can say now what the run was written as; its signals are kept all the same. */
  private async plan(organizationId: string, versionId: string): Promise<Plan | null> {
    try {
      return await this.plans.execute(organizationId, versionId);
    } catch {
      return null;
    }
  }
}
