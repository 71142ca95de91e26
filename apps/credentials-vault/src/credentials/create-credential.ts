import { Injectable } from '@nestjs/common';
import { AppError, type CreateCredentialRequest, type CredentialView, type Principal } from '@rpa/contracts';
import { Audit, organizationOf, sqlState, Transactions } from '@rpa/platform';
import { v7 as uuidv7 } from 'uuid';
import { checkData } from './check-data.js';
import { toAudited, toView } from './credential-view.js';
import { CredentialsRepository } from './credentials.repository.js';
import { nameOf } from './sharing.js';

const UNIQUE_VIOLATION = '23505';

@Injectable()
export class CreateCredential {
  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  async execute(principal: Principal | null, request: CreateCredentialRequest): Promise<CredentialView> {
    const { data, sharedRoles = null, ...row } = request;
    checkData(row.type, data);
    const created = { ...row, id: uuidv7(), sharedRoles, createdBy: nameOf(principal) };
    try {
      return await this.transactions.run(async () => {
        const credential = await this.credentials.insert(organizationOf(principal), created, data);
        await this.audit.record({
          action: 'credential.created',
          resource: { type: 'credential', id: credential.id, name: credential.name },
          after: toAudited(credential),
        });
        return toView(credential);
      });
    } catch (error) {
      if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
      throw new AppError('already_exists', `There is a credential with the key '${row.key}'.`, { cause: error });
    }
  }
}
