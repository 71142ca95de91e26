import {
  AppError,
  type ApprovalView,
  type DecideApprovalRequest,
  type JsonValue,
  type Principal,
} from '@rpa/contracts';
import { organizationOf } from '@rpa/platform';
import type { NudgeOwner } from '../inbox/nudge-owner.js';
import { mayDecide } from './approval-access.js';
import { toApprovalView } from './approval-to-view.js';
import type { ApprovalsRepository, StoredApproval } from './approvals.repository.js';
import { checkDecision, closed } from './check-decision.js';
import type { ApprovalLink, DecisionsRepository } from './decisions.repository.js';

/** Takes the first decision about an approval; the answer means that it is durable and will be what counts. */
export class DecideApproval {
  constructor(
    private readonly approvals: ApprovalsRepository,
    private readonly decisions: DecisionsRepository,
    private readonly nudge: NudgeOwner,
  ) {}

  async execute(principal: Principal | null, request: DecideApprovalRequest): Promise<ApprovalView> {
    const approval = await this.approvals.get(organizationOf(principal), request.id);
    if (principal?.kind !== 'user' || !mayDecide(principal, approval))
      throw new AppError('forbidden', 'Somebody else is asked to decide.');
    return toApprovalView(await this.make(approval, request, principal.userId), principal);
  }

  async byLink(link: ApprovalLink, request: { decision: string; data?: JsonValue }): Promise<StoredApproval> {
    const approval = await this.approvals.get(link.organizationId, link.approvalId);
    if (link.decision !== null && link.decision !== request.decision)
      throw new AppError('validation_failed', `This link can only decide '${link.decision}'.`, {
        errors: [{ path: 'decision', code: 'not_offered', message: `must be ${link.decision}` }],
      });
    if (link.usedAt) throw new AppError('conflict', 'The link was used already.');
    return this.make(approval, request, `link:${link.id}`, link.id);
  }

  private async make(
    approval: StoredApproval,
    { decision, data }: { decision: string; data?: JsonValue },
    by: string,
    linkId?: string,
  ): Promise<StoredApproval> {
    const checked = checkDecision(approval, decision, data);
    const made = { approval, decision, data: checked, by, ...(linkId !== undefined && { linkId }) };
    const taken = await this.decisions.decide(made);
    const now = await this.approvals.get(approval.organizationId, approval.id);
    if (!taken) throw closed(now);
    // It is durable: should nobody hear of it now, the sweep finds it.
    await this.nudge.execute([approval.executionId]).catch(() => undefined);
    return now;
  }
}
