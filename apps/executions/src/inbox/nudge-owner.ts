import type { LeasesRepository } from '../lease/leases.repository.js';
import type { Peers } from '../peers/peers.js';
import type { RunHost } from '../runs/run-host.js';
import type { EmptyInbox } from './empty-inbox.js';

/** Tells the owner of a run that something lies in its inbox. A run that nobody owns is found by the next sweep. */
export class NudgeOwner {
  constructor(
    private readonly host: RunHost,
    private readonly emptyInbox: EmptyInbox,
    private readonly leases: LeasesRepository,
    private readonly peers: Peers,
  ) {}

  async execute(executionIds: readonly string[]): Promise<void> {
    const here = executionIds.filter((id) => this.host.get(id));
    if (here.length > 0) await this.emptyInbox.execute(here);
    const elsewhere = executionIds.filter((id) => !this.host.get(id));
    if (elsewhere.length === 0) return;
    for (const [executionId, replica] of await this.leases.replicasOf(elsewhere))
      if (replica !== this.peers.replica) this.peers.tell(replica, { kind: 'inbox', executionId });
  }
}
