import { Injectable } from '@nestjs/common';
import { ApiKeyEntity } from '@rpa/entities/auth';
import { TenantRepository, Transactions } from '@rpa/platform';

@Injectable()
export class ApiKeysRepository extends TenantRepository<ApiKeyEntity> {
  constructor(transactions: Transactions) {
    super(transactions, ApiKeyEntity, 'API key');
  }
}
