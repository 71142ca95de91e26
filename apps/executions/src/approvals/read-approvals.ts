import {
  AppError,
  type ApprovalView,
  type ListApprovalsReply,
  type ListApprovalsRequest,
  type Principal,
} from '@rpa/contracts';
import { mayDo, organizationOf } from '@rpa/platform';
import { assertMayLook, mayDecide, maySeeAll, namesOf } from './approval-access.js';
import { toApprovalView } from './approval-to-view.js';
import type { ApprovalsRepository } from './approvals.repository.js';

/** Approvals of an organization; who may not read executions sees only what they may decide. */
export class ReadApprovals {
  constructor(private readonly approvals: ApprovalsRepository) {}

  async list(principal: Principal | null, request: ListApprovalsRequest): Promise<ListApprovalsReply> {
    assertMayLook(principal);
    const { mine, limit, cursor, status, executionId } = request;
    const own = mine === true || !maySeeAll(principal);
    const page = await this.approvals.list(
      organizationOf(principal),
      {
        ...(status && { status }),
        ...(executionId !== undefined && { executionId }),
        ...(own && { names: namesOf(principal), everybodys: mayDo(principal, 'executions:cancel') }),
      },
      { ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) },
    );
    return { data: page.data.map((row) => toApprovalView(row, principal)), nextCursor: page.nextCursor };
  }

  async get(principal: Principal | null, id: string): Promise<ApprovalView> {
    assertMayLook(principal);
    const row = await this.approvals.get(organizationOf(principal), id);
    if (!maySeeAll(principal) && !mayDecide(principal, row))
      throw new AppError('forbidden', "The permission 'executions:read' is missing.");
    return toApprovalView(row, principal);
  }
}
