import { Injectable } from '@nestjs/common';
import type { CredentialView, UpdateCredentialRequest } from '@rpa/contracts';
import { Transactions } from '@rpa/platform';
import { checkData } from './check-data.js';
import { toView } from './credential-view.js';
import { CredentialsRepository } from './credentials.repository.js';

@Injectable()
export class UpdateCredential {
  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly transactions: Transactions,
  ) {}

  execute(organizationId: string, { id, name, data }: UpdateCredentialRequest): Promise<CredentialView> {
    return this.transactions.run(async () => {
      const { type } = await this.credentials.get(organizationId, id);
      if (data !== undefined) {
        checkData(type, data);
        await this.credentials.replaceData(organizationId, id, data);
      }
      if (name !== undefined) await this.credentials.rename(organizationId, id, name);
      return toView(await this.credentials.get(organizationId, id));
    });
  }
}
