import { acceptInvitation, inviteUser, listInvitations, revokeInvitation } from '@rpa/contracts';
import type {
  AcceptInvitationRequest,
  ByIdRequest,
  DoneReply,
  InviteUserReply,
  InviteUserRequest,
  ListInvitationsReply,
  ListRequest,
  SessionView,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { Audit, organizationOf, Transactions } from '@rpa/platform';
import { clientOf, userOf } from '../asking.js';
import { AcceptInvitation } from './accept-invitation.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InviteUser, toInvitationView } from './invite-user.js';

@Messages()
export class InvitationsMessages {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly inviting: InviteUser,
    private readonly accepting: AcceptInvitation,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  @Handles(inviteUser)
  invite(request: InviteUserRequest, context: MessageContext): Promise<InviteUserReply> {
    return this.inviting.execute(userOf(context), request);
  }

  @Handles(listInvitations)
  async list(request: ListRequest, context: MessageContext): Promise<ListInvitationsReply> {
    const page = await this.invitations.page(organizationOf(context.principal), {}, request);
    return { data: page.data.map(toInvitationView), nextCursor: page.nextCursor };
  }

  @Handles(revokeInvitation)
  revoke({ id }: ByIdRequest, context: MessageContext): Promise<DoneReply> {
    const organizationId = organizationOf(context.principal);
    return this.transactions.run(async () => {
      const { email: name } = await this.invitations.get(organizationId, id);
      await this.invitations.softDelete(organizationId, id);
      await this.audit.record({ action: 'invitation.revoked', resource: { type: 'invitation', id, name } });
      return {};
    });
  }

  @Handles(acceptInvitation)
  accept(request: AcceptInvitationRequest, context: MessageContext): Promise<SessionView> {
    return this.accepting.execute(request, clientOf(context));
  }
}
