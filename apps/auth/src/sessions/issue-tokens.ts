import { Injectable } from '@nestjs/common';
import type { SessionView } from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
import { Identity } from '@rpa/platform';
import { permissionsOf, toUserView, type Account } from '../accounts/account.js';
import { hashOf, newSecretToken } from './refresh-token.js';
import { SessionsRepository } from './sessions.repository.js';

const ACCESS_TOKEN_SECONDS = 900;

/** Makes what register, login and refresh answer. */
@Injectable()
export class IssueTokens {
  constructor(
    private readonly identity: Identity,
    private readonly sessions: SessionsRepository,
  ) {}

  /** Opens a session; call it in a transaction. */
  async forNewSession(account: Account, client: ClientRef): Promise<SessionView> {
    const organizationId = account.organization.id;
    const refreshToken = newSecretToken();
    const sessionId = await this.sessions.open(organizationId, account.userId, client);
    await this.sessions.addToken(organizationId, sessionId, hashOf(refreshToken));
    return this.withRefreshToken(account, sessionId, refreshToken);
  }

  async withRefreshToken(account: Account, sessionId: string, refreshToken: string): Promise<SessionView> {
    const { userId, organization, roles, epoch } = account;
    const accessToken = await this.identity.signUser(
      { userId, organization, roles, permissions: permissionsOf(account), sessionId, epoch },
      ACCESS_TOKEN_SECONDS,
    );
    return {
      accessToken,
      refreshToken,
      tokenType: 'Bearer',
      expiresIn: ACCESS_TOKEN_SECONDS,
      user: toUserView(account),
      organization,
    };
  }
}
