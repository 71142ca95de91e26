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
import { fingerprintOf, organizationOf } from '@rpa/platform';
import { ExecutionCore } from '../execution-core.js';
import type { OnceKey } from '../inbox/inbox.repository.js';
import type { PauseWish } from './pause-execution.js';

@Messages()
export class ExecutionsControlMessages {
  constructor(private readonly core: ExecutionCore) {}

  @Handles(cancelExecution)
  cancel(request: CancelExecutionRequest, { principal }: MessageContext): Promise<AcceptedReply> {
    return this.core.control.cancel.execute(organizationOf(principal), request, nameOf(principal));
  }

  @Handles(pauseExecution)
  pause(request: ByIdRequest, context: MessageContext): Promise<AcceptedReply> {
    return this.core.control.pause.execute('pause', wishOf(pauseExecution.subject, request, context));
  }

  @Handles(resumeExecution)
  resume(request: ByIdRequest, context: MessageContext): Promise<AcceptedReply> {
    return this.core.control.pause.execute('resume', wishOf(resumeExecution.subject, request, context));
  }

  @Handles(signalExecution)
  signal(request: SignalExecutionRequest, context: MessageContext): Promise<AcceptedReply> {
    const once = onceOf(signalExecution.subject, request, context);
    return this.core.control.signal.execute(organizationOf(context.principal), request, once);
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

function wishOf(subject: string, request: ByIdRequest, context: MessageContext): PauseWish {
  const { principal } = context;
  const once = onceOf(subject, request, context);
  return { organizationId: organizationOf(principal), executionId: request.id, by: nameOf(principal), once };
}

function onceOf(subject: string, request: object, { idempotencyKey }: MessageContext): OnceKey | undefined {
  return idempotencyKey === null ? undefined : { key: idempotencyKey, fingerprint: fingerprintOf(subject, request) };
}

/** Who asked for it, as the journal keeps it. */
function nameOf(principal: Principal | null): string | undefined {
  return principal?.kind === 'user' ? principal.userId : principal?.service;
}
