import {
  checkSession,
  closeSession,
  listSessions,
  listUserSessions,
  logOutUser,
  openSession,
  refreshSession,
  revokeOtherSessions,
  revokeSession,
} from '@rpa/contracts';
import type {
  ByIdRequest,
  CheckSessionReply,
  CheckSessionRequest,
  CloseSessionRequest,
  DoneReply,
  ListRequest,
  ListSessionsReply,
  ListUserSessionsRequest,
  LoginReply,
  OpenSessionRequest,
  RefreshSessionRequest,
  RevokeOtherSessionsRequest,
  SessionView,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { clientOf, personOf, userOf } from '../asking.js';
import { CheckSession } from './check-session.js';
import { CloseSession } from './close-session.js';
import { ListSessions } from './list-sessions.js';
import { OpenSession } from './open-session.js';
import { RefreshSession } from './refresh-session.js';
import { RevokeSessions } from './revoke-sessions.js';

@Messages()
export class SessionsMessages {
  constructor(
    private readonly open: OpenSession,
    private readonly refresh: RefreshSession,
    private readonly close: CloseSession,
    private readonly check: CheckSession,
    private readonly lists: ListSessions,
    private readonly revoking: RevokeSessions,
  ) {}

  @Handles(openSession)
  openSession(request: OpenSessionRequest, context: MessageContext): Promise<LoginReply> {
    return this.open.execute(request, clientOf(context));
  }

  @Handles(refreshSession)
  refreshSession(request: RefreshSessionRequest, context: MessageContext): Promise<SessionView> {
    return this.refresh.execute(request.refreshToken, clientOf(context));
  }

  @Handles(closeSession)
  closeSession(request: CloseSessionRequest, context: MessageContext): Promise<DoneReply> {
    return this.close.execute(request, personOf(context));
  }

  @Handles(checkSession)
  checkSession(request: CheckSessionRequest): Promise<CheckSessionReply> {
    return this.check.execute(request);
  }

  @Handles(listSessions)
  listSessions(_request: ListRequest, context: MessageContext): Promise<ListSessionsReply> {
    const { organizationId, userId, sessionId } = personOf(context);
    return this.lists.execute(organizationId, userId, sessionId);
  }

  @Handles(listUserSessions)
  listUserSessions({ id }: ListUserSessionsRequest, context: MessageContext): Promise<ListSessionsReply> {
    const { organizationId, sessionId } = userOf(context);
    return this.lists.execute(organizationId, id, sessionId);
  }

  @Handles(revokeSession)
  revokeSession({ id }: ByIdRequest, context: MessageContext): Promise<DoneReply> {
    return this.revoking.one(personOf(context), id);
  }

  @Handles(revokeOtherSessions)
  revokeOtherSessions(_request: RevokeOtherSessionsRequest, context: MessageContext): Promise<DoneReply> {
    return this.revoking.others(personOf(context));
  }

  @Handles(logOutUser)
  logOutUser({ id }: ByIdRequest, context: MessageContext): Promise<DoneReply> {
    return this.revoking.ofUser(userOf(context), id);
  }
}
