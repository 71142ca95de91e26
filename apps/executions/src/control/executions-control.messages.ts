import {
  cancelExecution,
  decideStep,
  pauseExecution,
  reportResult,
  requestStepStart,
  resumeExecution,
  signalExecution,
  testStep,
  type AcceptedReply,
  type ByIdRequest,
  type CancelExecutionRequest,
  type DecideStepRequest,
  type DoneReply,
  type Principal,
  type ReportResultRequest,
  type RequestStepStartReply,
  type RequestStepStartRequest,
  type SignalExecutionRequest,
  type StartExecutionReply,
  type TestStepRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { ExecutionCore } from '../execution-core.js';

@Messages()
export class ExecutionsControlMessages {
  constructor(private readonly core: ExecutionCore) {}

  @Handles(cancelExecution)
  cancel(request: CancelExecutionRequest, { principal }: MessageContext): Promise<AcceptedReply> {
    return this.core.control.cancel.execute(organizationOf(principal), request, nameOf(principal));
  }

  @Handles(pauseExecution)
  pause(request: ByIdRequest, context: MessageContext): Promise<AcceptedReply> {
    return this.core.control.pause.execute('pause', wishOf(request, context));
  }

  @Handles(resumeExecution)
  resume(request: ByIdRequest, context: MessageContext): Promise<AcceptedReply> {
    return this.core.control.pause.execute('resume', wishOf(request, context));
  }

  @Handles(signalExecution)
  signal(request: SignalExecutionRequest, { principal, idempotencyKey }: MessageContext): Promise<AcceptedReply> {
    return this.core.control.signal.execute(organizationOf(principal), request, idempotencyKey);
  }

  @Handles(decideStep)
  decide(request: DecideStepRequest, { principal }: MessageContext): Promise<AcceptedReply> {
    return this.core.control.decide.execute(organizationOf(principal), request, nameOf(principal));
  }

  @Handles(testStep)
  testStep(request: TestStepRequest, context: MessageContext): Promise<StartExecutionReply> {
    return this.core.control.testStep.execute(request, context);
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

function wishOf({ id }: ByIdRequest, { principal, idempotencyKey }: MessageContext) {
  return { organizationId: organizationOf(principal), executionId: id, by: nameOf(principal), idempotencyKey };
}

/** Who asked for it, as the journal keeps it. */
function nameOf(principal: Principal | null): string | undefined {
  return principal?.kind === 'user' ? principal.userId : principal?.service;
}
