import { cancelStart, startRun } from '@rpa/engine';
import type { InboxRepository, StoredStimulus } from '../inbox/inbox.repository.js';
import type { CancelWish } from '../inbox/to-event.js';
import { identityOf } from '../ownership/identity-of.js';
import type { ClaimedRun } from '../ownership/runs.repository.js';
import { LiveRun } from '../runs/live-run.js';
import type { LoadPlan } from '../start/load-plan.js';
import type { StartBody } from './held-start.js';

/** Makes a run of a start that was accepted before and may begin now; its first turn writes its journal. */
export class BeginRun {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly plans: LoadPlan,
  ) {}

  async execute(row: ClaimedRun): Promise<LiveRun> {
    const stored = await this.inbox.beginning(row.id);
    const start = stored.find(({ kind }) => kind === 'start');
    if (!start) throw new Error(`The execution ${row.id} has no journal.`);
    const plan = await this.plans.execute(row.organizationId, row.versionId);
    const input = { ...(start.body as StartBody).input, at: Date.now() };
    const cancel = stored.find(({ kind }) => kind === 'cancel');
    const first = cancel ? cancelStart(plan, input, cancel.body as CancelWish) : startRun(plan, input);
    const run = new LiveRun(identityOf(row), plan, first.state, 'pending');
    const at = input.at;
    const take = ({ id }: StoredStimulus): void => {
      run.inbox.add(id);
      run.queue.push({ event: { type: 'continue', at }, inboxId: id, ...(id === start.id && { first }) });
    };
    take(start);
    if (cancel) take(cancel);
    return run;
  }
}
