import {
  getExecution,
  listExecutions,
  listSteps,
  readJournal,
  type ByIdRequest,
  type ExecutionView,
  type ListExecutionsReply,
  type ListExecutionsRequest,
  type ListStepsReply,
  type ListStepsRequest,
  type ReadJournalReply,
  type ReadJournalRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { ExecutionCore } from '../execution-core.js';

@Messages()
export class ExecutionsReadMessages {
  constructor(private readonly core: ExecutionCore) {}

  @Handles(getExecution)
  get(request: ByIdRequest, context: MessageContext): Promise<ExecutionView> {
    return this.core.read.get.execute(organizationOf(context.principal), request.id);
  }

  @Handles(listExecutions)
  list(request: ListExecutionsRequest, context: MessageContext): Promise<ListExecutionsReply> {
    return this.core.read.list.execute(organizationOf(context.principal), request);
  }

  @Handles(listSteps)
  steps(request: ListStepsRequest, context: MessageContext): Promise<ListStepsReply> {
    return this.core.read.steps.execute(organizationOf(context.principal), request);
  }

  @Handles(readJournal)
  journal(request: ReadJournalRequest, context: MessageContext): Promise<ReadJournalReply> {
    return this.core.read.journal.execute(organizationOf(context.principal), request);
  }
}
