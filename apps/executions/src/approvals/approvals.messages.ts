import {
  createApprovalLink,
  decideApproval,
  decideLinkedApproval,
  getApproval,
  getLinkedApproval,
  listApprovals,
  type ApprovalTokenRequest,
  type ApprovalView,
  type ByIdRequest,
  type CreateApprovalLinkReply,
  type CreateApprovalLinkRequest,
  type DecideApprovalRequest,
  type DecideLinkedApprovalRequest,
  type LinkedApproval,
  type ListApprovalsReply,
  type ListApprovalsRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { ExecutionCore } from '../execution-core.js';

@Messages()
export class ApprovalsMessages {
  constructor(private readonly core: ExecutionCore) {}

  @Handles(listApprovals)
  list(request: ListApprovalsRequest, { principal }: MessageContext): Promise<ListApprovalsReply> {
    return this.core.control.approvals.read.list(principal, request);
  }

  @Handles(getApproval)
  get({ id }: ByIdRequest, { principal }: MessageContext): Promise<ApprovalView> {
    return this.core.control.approvals.read.get(principal, id);
  }

  @Handles(decideApproval)
  decide(request: DecideApprovalRequest, { principal }: MessageContext): Promise<ApprovalView> {
    return this.core.control.approvals.decide.execute(principal, request);
  }

  @Handles(createApprovalLink)
  createLink(request: CreateApprovalLinkRequest, { principal }: MessageContext): Promise<CreateApprovalLinkReply> {
    return this.core.control.approvals.links.create(principal, request);
  }

  @Handles(getLinkedApproval)
  getLinked({ token }: ApprovalTokenRequest): Promise<LinkedApproval> {
    return this.core.control.approvals.links.get(token);
  }

  @Handles(decideLinkedApproval)
  decideLinked(request: DecideLinkedApprovalRequest): Promise<LinkedApproval> {
    return this.core.control.approvals.links.decide(request);
  }
}
