import {
  cancelExecution,
  reportResult,
  requestStepStart,
  type CancelExecutionReply,
  type CancelExecutionRequest,
  type DoneReply,
  type ReportResultRequest,
  type RequestStepStartReply,
  type RequestStepStartRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { ExecutionCore } from '../execution-core.js';

@Messages()
export class ExecutionsControlMessages {
  constructor(private readonly core: ExecutionCore) {}

  @Handles(cancelExecution)
  cancel(request: CancelExecutionRequest, context: MessageContext): Promise<CancelExecutionReply> {
    return this.core.control.cancel.execute(organizationOf(context.principal), request, context.principal);
  }

  @Handles(reportResult)
  report(request: ReportResultRequest): Promise<DoneReply> {
    return this.core.control.report.execute(request);
  }

  @Handles(requestStepStart)
  requestStart(request: RequestStepStartRequest): Promise<RequestStepStartReply> {
    return this.core.control.requestStart.execute(request);
  }
}
