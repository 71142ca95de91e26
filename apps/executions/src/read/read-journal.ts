import type { ReadJournalReply, ReadJournalRequest } from '@rpa/contracts';
import type { JournalRepository } from '../journal/journal.repository.js';
import type { ExecutionsRepository } from './executions.repository.js';
import { readPosition } from './list-steps.js';

const DEFAULT_LIMIT = 100;

/** The journal in order; the cursor is the last `seq` of the page before. */
export class ReadJournal {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly journal: JournalRepository,
  ) {}

  async execute(organizationId: string, request: ReadJournalRequest): Promise<ReadJournalReply> {
    const row = await this.executions.get(organizationId, request.id);
    const after = request.cursor === undefined ? 0 : readPosition(request.cursor);
    const limit = request.limit ?? DEFAULT_LIMIT;
    const records = await this.journal.page(row.id, after, limit + 1);
    const data = records.slice(0, limit).map((record) => ({ ...record, at: new Date(record.at).toISOString() }));
    return { data, nextCursor: records.length > limit ? String(data.at(-1)?.seq ?? after) : null };
  }
}
