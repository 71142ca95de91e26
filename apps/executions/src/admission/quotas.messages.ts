import { readQuotas, type ReadQuotasReply, type ReadQuotasRequest } from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { ExecutionCore } from '../execution-core.js';

@Messages()
export class QuotasMessages {
  constructor(private readonly core: ExecutionCore) {}

  @Handles(readQuotas)
  read(_request: ReadQuotasRequest, { principal }: MessageContext): Promise<ReadQuotasReply> {
    return this.core.flow.quotas.execute(organizationOf(principal));
  }
}
