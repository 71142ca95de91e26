import { Injectable } from '@nestjs/common';
import { organizationOf, Audit, Transactions } from '@rpa/platform';
import type { DoneReply, Principal } from '@rpa/contracts';
import { PublishersRepository } from './publishers.repository.js';

/** Takes a publisher's access away; its next connection is refused. */
@Injectable()
export class RevokePublisher {
  constructor(
    private readonly publishers: PublishersRepository,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  execute(principal: Principal | null, id: string): Promise<DoneReply> {
    return this.transactions.run(async () => {
      await this.publishers.revoke(organizationOf(principal), id);
      await this.audit.record({ action: 'event_publisher.revoked', resource: { type: 'event_publisher', id } });
      return {};
    });
  }
}
