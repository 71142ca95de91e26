import { closeSession, openSession, refreshSession } from '@rpa/contracts';
import type {
  CloseSessionRequest,
  DoneReply,
  OpenSessionRequest,
  RefreshSessionRequest,
  SessionView,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { clientOf, userOf } from '../asking.js';
import { CloseSession } from './close-session.js';
import { OpenSession } from './open-session.js';
import { RefreshSession } from './refresh-session.js';

@Messages()
export class SessionsMessages {
  constructor(
    private readonly open: OpenSession,
    private readonly refresh: RefreshSession,
    private readonly close: CloseSession,
  ) {}

  @Handles(openSession)
  openSession(request: OpenSessionRequest, context: MessageContext): Promise<SessionView> {
    return this.open.execute(request, clientOf(context));
  }

  @Handles(refreshSession)
  refreshSession(request: RefreshSessionRequest, context: MessageContext): Promise<SessionView> {
    return this.refresh.execute(request.refreshToken, clientOf(context));
  }

  @Handles(closeSession)
  closeSession(request: CloseSessionRequest, context: MessageContext): Promise<DoneReply> {
    return this.close.execute(request.refreshToken, userOf(context));
  }
}
