import { Injectable } from '@nestjs/common';
import { AppError, type CreateCredentialRequest, type CredentialView } from '@rpa/contracts';
import { sqlState, Transactions } from '@rpa/platform';
import { v7 as uuidv7 } from 'uuid';
import { checkData } from './check-data.js';
import { toView } from './credential-view.js';
import { CredentialsRepository } from './credentials.repository.js';

const UNIQUE_VIOLATION = '23505';

@Injectable()
export class CreateCredential {
  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly transactions: Transactions,
  ) {}

  async execute(organizationId: string, { name, key, type, data }: CreateCredentialRequest): Promise<CredentialView> {
    checkData(type, data);
    try {
      return await this.transactions.run(async () =>
        toView(await this.credentials.insert(organizationId, { id: uuidv7(), name, key, type }, data)),
      );
    } catch (error) {
      if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
      throw new AppError('already_exists', `There is a credential with the key '${key}'.`, { cause: error });
    }
  }
}
