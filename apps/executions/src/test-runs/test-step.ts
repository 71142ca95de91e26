import type { StartExecutionReply, TestStepRequest } from '@rpa/contracts';
import type { MessageContext } from '@rpa/messaging';
import type { StartExecution } from '../start/start-execution.js';

/** Runs one step of a workflow's draft (or of a version) alone: a test run with outputs that stand for the other steps. */
export class TestStep {
  constructor(private readonly start: StartExecution) {}

  execute(request: TestStepRequest, context: MessageContext): Promise<StartExecutionReply> {
    const { id: workflowId, stepId, inputs = {}, pins = {}, version = 'draft', waitMs } = request;
    const start = { workflowId, inputs, version, ...(waitMs !== undefined && { waitMs }) };
    return this.start.execute(start, context, { pins, only: stepId });
  }
}
