import {
  cancelExecutions,
  getBulkOperation,
  retryExecutions,
  type BulkCancelRequest,
  type BulkExecutionsRequest,
  type BulkOperation,
  type ByIdRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { fingerprintOf, organizationOf } from '@rpa/platform';
import { ExecutionCore } from '../execution-core.js';
import type { AskedBulk } from './request-bulk.js';

@Messages()
export class BulkMessages {
  constructor(private readonly core: ExecutionCore) {}

  @Handles(cancelExecutions)
  cancel(request: BulkCancelRequest, context: MessageContext): Promise<BulkOperation> {
    return this.core.control.bulk.request.execute(
      'cancel',
      request,
      askedBy(cancelExecutions.subject, request, context),
    );
  }

  @Handles(retryExecutions)
  retry(request: BulkExecutionsRequest, context: MessageContext): Promise<BulkOperation> {
    return this.core.control.bulk.request.execute('retry', request, askedBy(retryExecutions.subject, request, context));
  }

  @Handles(getBulkOperation)
  get({ id }: ByIdRequest, { principal }: MessageContext): Promise<BulkOperation> {
    return this.core.control.bulk.request.get(organizationOf(principal), id);
  }
}

function askedBy(subject: string, request: object, { principal, idempotencyKey }: MessageContext): AskedBulk {
  return {
    organizationId: organizationOf(principal),
    by: principal?.kind === 'user' ? principal.userId : principal?.service,
    idempotencyKey,
    fingerprint: fingerprintOf(subject, request),
  };
}
