import { createHash, randomBytes } from 'node:crypto';
import {
  AppError,
  type CreateApprovalLinkReply,
  type CreateApprovalLinkRequest,
  type DecideLinkedApprovalRequest,
  type LinkedApproval,
  type Principal,
} from '@rpa/contracts';
import { organizationOf } from '@rpa/platform';
import { v7 as newId } from 'uuid';
import { decisionsOf, toLinkedApproval } from './approval-to-view.js';
import type { ApprovalsRepository } from './approvals.repository.js';
import { closed } from './check-decision.js';
import type { DecideApproval } from './decide-approval.js';
import type { ApprovalLink, DecisionsRepository } from './decisions.repository.js';

const DEFAULT_SECONDS = 7 * 86_400;
const TOKEN_BYTES = 32;

/** Links for people without an account: unguessable, good for one decision, kept as a hash. */
export class ApprovalLinks {
  constructor(
    private readonly approvals: ApprovalsRepository,
    private readonly decisions: DecisionsRepository,
    private readonly decideApproval: DecideApproval,
  ) {}

  async create(principal: Principal | null, request: CreateApprovalLinkRequest): Promise<CreateApprovalLinkReply> {
    const approval = await this.approvals.get(organizationOf(principal), request.id);
    if (approval.status !== 'pending') throw closed(approval);
    const { decision = null, expiresInSeconds = DEFAULT_SECONDS } = request;
    if (decision !== null && !decisionsOf(approval).includes(decision))
      throw new AppError('validation_failed', 'The approval does not offer this decision.', {
        errors: [
          { path: 'decision', code: 'not_offered', message: `must be one of ${decisionsOf(approval).join(', ')}` },
        ],
      });
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const until = Math.min(Date.now() + expiresInSeconds * 1_000, approval.expiresAt?.getTime() ?? Infinity);
    const id = newId();
    await this.decisions.addLink({
      id,
      organizationId: approval.organizationId,
      approvalId: approval.id,
      decision,
      expiresAt: new Date(until),
      tokenHash: hashOf(token),
      createdBy: principal?.kind === 'user' ? principal.userId : (principal?.service ?? ''),
    });
    return { id, path: `/api/v1/approval-links/${token}`, expiresAt: new Date(until).toISOString() };
  }

  async get(token: string): Promise<LinkedApproval> {
    const link = await this.find(token);
    return toLinkedApproval(await this.approvals.get(link.organizationId, link.approvalId), link);
  }

  async decide({ token, ...request }: DecideLinkedApprovalRequest): Promise<LinkedApproval> {
    const link = await this.find(token);
    return toLinkedApproval(await this.decideApproval.byLink(link, request), link);
  }

  private async find(token: string): Promise<ApprovalLink> {
    const link = await this.decisions.byToken(hashOf(token));
    if (!link) throw new AppError('not_found', 'The link is not valid, or not any more.');
    return link;
  }
}

/** The token itself is random enough: a slow hash would add nothing. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
