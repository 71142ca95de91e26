import { AppError } from '@rpa/contracts';
import { hasRoomForSignal, LIMITS } from '@rpa/engine';
import type { JournalRepository } from '../journal/journal.repository.js';
import type { ReadState } from '../journal/read-state.js';

/** Refuses a signal for which there is no room before it is accepted: what was accepted reaches the run. */
export class SignalRoom {
  constructor(
    private readonly states: ReadState,
    private readonly journal: JournalRepository,
  ) {}

  async assert(
    organizationId: string,
    run: { id: string; versionId: string },
    signal: { id: string; name: string },
  ): Promise<void> {
    // Each early signal is a record, so a short journal needs no look at the state.
    if ((await this.journal.lastSeq(run.id)) < LIMITS.bufferedSignals) return;
    const { state } = await this.states.execute(organizationId, run);
    if (hasRoomForSignal(state, signal)) return;
    const taken = `'${signal.name}' is taken when a step has got its signal`;
    throw new AppError('overloaded', `${LIMITS.bufferedSignals} signals wait for steps that have not begun; ${taken}.`);
  }
}
