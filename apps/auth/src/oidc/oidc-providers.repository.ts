import { Injectable } from '@nestjs/common';
import { OidcProviderEntity } from '@rpa/entities/auth';
import { TenantRepository, Transactions } from '@rpa/platform';

export const MAX_PROVIDERS = 20;

@Injectable()
export class OidcProvidersRepository extends TenantRepository<OidcProviderEntity> {
  constructor(transactions: Transactions) {
    super(transactions, OidcProviderEntity, 'provider');
  }
}
