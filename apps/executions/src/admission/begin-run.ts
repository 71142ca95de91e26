import { cancelStart, startRun, type Plan, type StartInput, type Transition } from '@rpa/engine';
import type { InboxRepository, StoredStimulus } from '../inbox/inbox.repository.js';
import type { CancelWish } from '../inbox/to-event.js';
import { identityOf } from '../ownership/identity-of.js';
import type { ClaimedRun } from '../ownership/runs.repository.js';
import { LiveRun } from '../runs/live-run.js';
import type { LoadPlan } from '../start/load-plan.js';
import { soon, type LargeValues } from '../values/large-values.js';
import type { StartBody } from './held-start.js';

/** Makes a run of a start that was accepted before and may begin now; its first turn writes its journal. */
export class BeginRun {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly plans: LoadPlan,
    private readonly values: LargeValues,
  ) {}

  async execute(row: ClaimedRun): Promise<LiveRun> {
    const stored = await this.inbox.beginning(row.id);
    const start = stored.find(({ kind }) => kind === 'start');
    if (!start) throw new Error(`The execution ${row.id} has no journal.`);
    const plan = await this.plans.execute(row.organizationId, row.versionId);
    const input = { ...(start.body as StartBody).input, at: Date.now() };
    const cancel = stored.find(({ kind }) => kind === 'cancel');
    const first = cancel ? cancelStart(plan, input, cancel.body as CancelWish) : await this.begin(row, plan, input);
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

  private async begin(row: ClaimedRun, plan: Plan, kept: StartInput): Promise<Transition> {
    const input = await this.open(row, kept);
    const files = this.values.forRun(row);
    const transition = startRun(plan, input, files.put);
    if (!files.isEmpty) await files.store(soon());
    return transition;
  }

  /** Large values were put into files when the start was accepted. */
  private async open(row: ClaimedRun, input: StartInput): Promise<StartInput> {
    const owner = { organizationId: row.organizationId, executionId: row.id };
    const { inputs, trigger } = input;
    const payload = trigger.payload === undefined ? {} : { payload: await this.values.open(owner, trigger.payload) };
    return { ...input, inputs: await this.values.open(owner, inputs), trigger: { ...trigger, ...payload } };
  }
}
