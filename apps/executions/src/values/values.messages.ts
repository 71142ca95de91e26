import { existExecutions, type ExistExecutionsReply, type ExistExecutionsRequest } from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf, Transactions } from '@rpa/platform';
import { KeptExecutionsRepository } from './kept-executions.repository.js';

/** What storage asks about the executions whose values it keeps. */
@Messages()
export class ValuesMessages {
  private readonly executions: KeptExecutionsRepository;

  constructor(transactions: Transactions) {
    this.executions = new KeptExecutionsRepository(transactions);
  }

  @Handles(existExecutions)
  async exist({ ids }: ExistExecutionsRequest, { principal }: MessageContext): Promise<ExistExecutionsReply> {
    return { ids: await this.executions.existing(organizationOf(principal), ids) };
  }
}
