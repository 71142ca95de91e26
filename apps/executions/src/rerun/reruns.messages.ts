import {
  previewRerun,
  previewRetry,
  rerunExecution,
  retryExecution,
  type RerunExecutionRequest,
  type RerunPreview,
  type RerunReply,
  type RetryExecutionRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { currentTraceparent, fingerprintOf, organizationOf } from '@rpa/platform';
import { ExecutionCore } from '../execution-core.js';
import type { Asked } from './rerun-execution.js';

@Messages()
export class RerunsMessages {
  constructor(private readonly core: ExecutionCore) {}

  @Handles(retryExecution)
  retry(request: RetryExecutionRequest, context: MessageContext): Promise<RerunReply> {
    return this.core.control.again.rerun.retry(request, askedBy(retryExecution.subject, request, context));
  }

  @Handles(rerunExecution)
  rerun(request: RerunExecutionRequest, context: MessageContext): Promise<RerunReply> {
    return this.core.control.again.rerun.rerun(request, askedBy(rerunExecution.subject, request, context));
  }

  @Handles(previewRetry)
  previewRetry(request: RetryExecutionRequest, { principal }: MessageContext): Promise<RerunPreview> {
    return this.core.control.again.preview.execute(organizationOf(principal), request, true);
  }

  @Handles(previewRerun)
  previewRerun(request: RerunExecutionRequest, { principal }: MessageContext): Promise<RerunPreview> {
    return this.core.control.again.preview.execute(organizationOf(principal), request, false);
  }
}

/** The key is kept with the new execution, as that of a start is. */
function askedBy(subject: string, request: object, context: MessageContext): Asked {
  const { idempotencyKey: key, principal, traceparent } = context;
  return {
    organizationId: organizationOf(principal),
    dedupe: key ? { source: 'http', key, fingerprint: fingerprintOf(subject, request) } : null,
    traceparent: currentTraceparent() ?? traceparent,
  };
}
