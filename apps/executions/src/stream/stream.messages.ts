import {
  followJournal,
  readChanges,
  readPositions,
  type FollowJournalReply,
  type FollowJournalRequest,
  type ReadChangesReply,
  type ReadChangesRequest,
  type ReadPositionsReply,
  type ReadPositionsRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { ExecutionCore } from '../execution-core.js';

@Messages()
export class StreamMessages {
  constructor(private readonly core: ExecutionCore) {}

  @Handles(followJournal)
  follow(request: FollowJournalRequest, context: MessageContext): Promise<FollowJournalReply> {
    return this.core.read.follow.execute(organizationOf(context.principal), request);
  }

  @Handles(readPositions)
  async positions({ ids }: ReadPositionsRequest, context: MessageContext): Promise<ReadPositionsReply> {
    return { positions: await this.core.read.positions.ofJournals(organizationOf(context.principal), ids) };
  }

  @Handles(readChanges)
  changes(request: ReadChangesRequest, context: MessageContext): Promise<ReadChangesReply> {
    return this.core.read.changes.execute(organizationOf(context.principal), request);
  }
}
