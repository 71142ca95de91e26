import {
  appendLogs,
  AppError,
  ID_PATTERN,
  readLogs,
  type AppendLogsRequest,
  type DoneReply,
  type LogBatch,
  type ReadLogsReply,
  type ReadLogsRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { ExecutionCore } from '../execution-core.js';

const MAX_PATH = 2_000;

@Messages()
export class LogsMessages {
  constructor(private readonly core: ExecutionCore) {}

  @Handles(readLogs)
  read(request: ReadLogsRequest, context: MessageContext): Promise<ReadLogsReply> {
    return this.core.read.logs.execute(organizationOf(context.principal), request);
  }

  @Handles(appendLogs)
  async append({ batches }: AppendLogsRequest): Promise<DoneReply> {
    if (!batches.every(isBatch))
      throw new AppError('validation_failed', 'A batch of log lines cannot be read.', {
        errors: [{ path: 'batches', code: 'batch', message: 'must name execution, organization, path and attempt' }],
      });
    for (const batch of batches) this.core.logs.add(batch);
    return {};
  }
}

function isBatch(batch: Partial<LogBatch> | null): boolean {
  return (
    typeof batch?.executionId === 'string' &&
    ID_PATTERN.test(batch.executionId) &&
    typeof batch.organizationId === 'string' &&
    ID_PATTERN.test(batch.organizationId) &&
    typeof batch.path === 'string' &&
    batch.path.length <= MAX_PATH &&
    !batch.path.includes('\0') &&
    Number.isInteger(batch.attempt) &&
    Math.abs(batch.attempt ?? 0) < 2 ** 31
  );
}
