import { AppError, type AcceptedReply, type DecideStepRequest } from '@rpa/contracts';
import { pendingEffects } from '@rpa/engine';
import type { PostStimulus } from '../inbox/post-stimulus.js';
import type { DecisionBody } from '../inbox/to-event.js';
import type { ReadState } from '../journal/read-state.js';
import type { LargeValues } from '../values/large-values.js';

/** Accepts what a person says about a step whose outcome is unknown, once it is durable. The first decision counts. */
export class DecideStep {
  constructor(
    private readonly post: PostStimulus,
    private readonly values: Pick<LargeValues, 'keepOf'>,
    private readonly states: ReadState,
  ) {}

  async execute(organizationId: string, request: DecideStepRequest, by: string | undefined): Promise<AcceptedReply> {
    const { path, decision, output } = request;
    if (output !== undefined && decision !== 'complete')
      throw new AppError('validation_failed', `'output' goes with the decision complete, not with ${decision}.`, {
        errors: [{ path: 'output', code: 'not_allowed', message: 'goes with the decision complete only' }],
      });
    const row = await this.post.find(organizationId, request.id);
    const { plan, state } = await this.states.execute(organizationId, row);
    const waits = pendingEffects(plan, state).some((each) => each.type === 'decision_required' && each.path === path);
    if (!waits) throw new AppError('conflict', `The step '${path}' waits for no decision.`);
    const body: DecisionBody = {
      path,
      decision,
      ...(output !== undefined && { output: await this.values.keepOf(organizationId, async () => row, output) }),
      ...(by !== undefined && { by }),
    };
    const { id, status, posted } = await this.post.execute({
      organizationId,
      executionId: request.id,
      kind: 'decision',
      dedupeKey: `decision ${path}`,
      body,
    });
    if (posted === 'known') throw new AppError('conflict', `A decision about '${path}' is on its way already.`);
    return { id, status };
  }
}
