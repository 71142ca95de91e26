import { getExecution, getWorkflow, type ExecutionChange } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import { checkAccess } from '@rpa/platform';
import type { Caller } from '../access/access-tokens.js';
import type { ChangeFeed } from './change-feed.js';
import type { Room } from './client-message.js';
import { followExecution } from './follow-journal.js';
import type { LiveReader } from './live-reader.js';
import type { WatchedJournals } from './watched-journals.js';

const QUIET_MS = 60_000;
/** Told again rather than missed: the client's clock is not ours. */
const OVERLAP_MS = 5_000;

export interface Wish {
  room: Room;
  /** Execution rooms: entries after this `seq`; default: from now on, which is all since the journal is short. */
  after?: number;
  /** Other rooms: changes since this time; default: from now on. */
  since?: string;
}

/** Sends one message to the client; resolves when it can take the next. */
export type Tell = (message: object) => Promise<void>;

/** What clients can subscribe to. Who may is asked of the service that owns it, in the client's own name. */
export class Rooms {
  constructor(
    private readonly bus: Bus,
    private readonly sources: { reader: LiveReader; journals: WatchedJournals; changes: ChangeFeed },
  ) {}

  /** @throws `forbidden`, `not_found` */
  async authorize({ principal, token }: Caller, room: Room): Promise<void> {
    checkAccess(getExecution.access, principal);
    if (room.kind === 'execution') await this.sources.reader.journal(principal.organizationId, room.id, 2 ** 31 - 2);
    if (room.kind === 'workflow') await this.bus.request(getWorkflow, { id: room.id }, { principal: token });
  }

  /** Begins to tell what happens in a room; ends with the signal. Resolves when nothing is missed from then on. */
  async enter({ principal }: Caller, { room, after, since }: Wish, tell: Tell, signal: AbortSignal): Promise<void> {
    const { organizationId } = principal;
    if (room.kind === 'execution') {
      void this.tellJournal(organizationId, room, after ?? 0, tell, signal);
      return;
    }
    const wanted = (change: ExecutionChange): boolean => room.kind !== 'workflow' || change.workflowId === room.id;
    const changed = (change: ExecutionChange): void => {
      if (wanted(change) && !signal.aborted)
        void tell({ type: 'event', room: room.name, event: 'execution', ...change });
    };
    const leave = await this.sources.changes.listen(organizationId, changed);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    if (since !== undefined) await this.sources.changes.since(organizationId, overlap(since), changed);
  }

  private async tellJournal(
    organizationId: string,
    room: Room & { kind: 'execution' },
    after: number,
    tell: Tell,
    signal: AbortSignal,
  ): Promise<void> {
    const where = { organizationId, executionId: room.id, after, quietMs: QUIET_MS, signal };
    for await (const part of followExecution(this.sources, where)) {
      for (const entry of part?.entries ?? []) {
        if (signal.aborted) return;
        await tell({ type: 'event', room: room.name, event: 'journal', entry });
      }
    }
    if (!signal.aborted) await tell({ type: 'event', room: room.name, event: 'complete' });
  }
}

function overlap(since: string): string {
  return new Date(Date.parse(since) - OVERLAP_MS).toISOString();
}
