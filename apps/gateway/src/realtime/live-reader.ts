import {
  followJournal,
  readChanges,
  readPositions,
  type FollowJournalReply,
  type ReadChangesReply,
  type ReadChangesRequest,
} from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import type { Identity } from '@rpa/platform';

/** Positions asked for in one message. */
const POSITIONS_AT_ONCE = 500;

/** Reads what viewers see, in the gateway's own name: whether they may was checked when they came. */
export class LiveReader {
  /** Reads under way: viewers of the same execution share them. */
  private readonly reading = new Map<string, Promise<FollowJournalReply>>();

  constructor(
    private readonly bus: Bus,
    private readonly identity: Identity,
  ) {}

  /** Entries after a `seq`. @throws `not_found` when the execution is not the organization's */
  journal(organizationId: string, id: string, after: number): Promise<FollowJournalReply> {
    const key = `${organizationId} ${id} ${after}`;
    const known = this.reading.get(key);
    if (known) return known;
    const reading = this.send(organizationId, (principal) =>
      this.bus.request(followJournal, { id, after }, { principal }),
    ).finally(() => this.reading.delete(key));
    this.reading.set(key, reading);
    return reading;
  }

  /** The last `seq` of each of these executions. */
  async positions(organizationId: string, ids: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (let from = 0; from < ids.length; from += POSITIONS_AT_ONCE) {
      const some = ids.slice(from, from + POSITIONS_AT_ONCE);
      const { positions } = await this.send(organizationId, (principal) =>
        this.bus.request(readPositions, { ids: some }, { principal }),
      );
      for (const [id, seq] of Object.entries(positions)) found.set(id, seq);
    }
    return found;
  }

  changes(organizationId: string, request: ReadChangesRequest): Promise<ReadChangesReply> {
    return this.send(organizationId, (principal) => this.bus.request(readChanges, request, { principal }));
  }

  private async send<T>(id: string, request: (principal: string) => Promise<T>): Promise<T> {
    return request(await this.identity.serviceToken({ id }));
  }
}
