import { isTerminal, type ExecutionStatus, type FollowJournalReply, type FollowJournalRequest } from '@rpa/contracts';
import type { JournalRepository } from '../journal/journal.repository.js';
import type { ExecutionsRepository } from '../read/executions.repository.js';

const DEFAULT_LIMIT = 200;

/** The journal from a `seq` on, for viewers who follow it. */
export class FollowJournal {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly journal: JournalRepository,
  ) {}

  async execute(organizationId: string, request: FollowJournalRequest): Promise<FollowJournalReply> {
    const { id, after, limit = DEFAULT_LIMIT } = request;
    // The row first: what is in the journal when it says that the run has ended is all there will ever be.
    const { status } = await this.executions.brief(organizationId, id);
    const records = await this.journal.page(id, after, limit + 1);
    const data = records.slice(0, limit).map((record) => ({ ...record, at: new Date(record.at).toISOString() }));
    return {
      data,
      status: status as ExecutionStatus,
      complete: isTerminal(status as ExecutionStatus) && records.length <= limit,
    };
  }
}
