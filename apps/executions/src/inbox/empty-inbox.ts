import type { Logger } from '@rpa/platform';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { RunHost } from '../runs/run-host.js';
import type { InboxRepository } from './inbox.repository.js';
import { toEvent } from './to-event.js';

/** Hands what lies in the inboxes of runs in memory to them. Safe to call at any time, however often. */
export class EmptyInbox {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly host: RunHost,
    private readonly dispatcher: Dispatcher,
    private readonly logger: Logger,
  ) {}

  async execute(executionIds: readonly string[]): Promise<void> {
    const mine = executionIds.filter((id) => this.host.get(id));
    if (mine.length === 0) return;
    for (const row of await this.inbox.read(mine)) {
      const run = this.host.get(row.execution_id);
      if (!run) continue;
      const event = toEvent(row, Date.now());
      if (event?.type === 'step_result') this.dispatcher.settle(run, event.path, event.attempt);
      if (event) this.host.stimulate(run, { event, inboxId: row.id });
      else this.logger.warn({ executionId: row.execution_id, kind: row.kind }, 'An inbox row of an unknown kind waits');
    }
  }
}
