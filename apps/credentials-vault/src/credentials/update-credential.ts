import { Injectable } from '@nestjs/common';
import type { CredentialView, Principal, UpdateCredentialRequest } from '@rpa/contracts';
import { OAuthTokensRepository } from '../oauth/oauth-tokens.repository.js';
import { ChangeCredential } from './change-credential.js';
import { checkData } from './check-data.js';
import { CredentialHealthRepository } from './credential-health.repository.js';
import { CredentialsRepository } from './credentials.repository.js';
import { nameOf } from './sharing.js';

@Injectable()
export class UpdateCredential {
  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly tokens: OAuthTokensRepository,
    private readonly health: CredentialHealthRepository,
    private readonly changing: ChangeCredential,
  ) {}

  execute(
    principal: Principal | null,
    { id, name, data, sharedRoles }: UpdateCredentialRequest,
  ): Promise<CredentialView> {
    return this.changing.execute(principal, id, 'credential.updated', async (organizationId, { type }) => {
      if (data !== undefined) {
        checkData(type, data);
        await this.credentials.replaceData(organizationId, id, data, nameOf(principal));
        await this.tokens.forget(organizationId, id);
        await this.health.forget(organizationId, id);
      }
      const change = { ...(name !== undefined && { name }), ...(sharedRoles !== undefined && { sharedRoles }) };
      if (Object.keys(change).length > 0) await this.credentials.change(organizationId, id, change);
    });
  }
}
