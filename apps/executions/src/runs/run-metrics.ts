import type { Metrics } from '@rpa/platform';
import type { GroupCommit } from '../commit/group-commit.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { WorkerRegistry } from '../dispatch/worker-registry.js';
import type { RunHost } from './run-host.js';

/** What this replica has in its hands. */
export class RunMetrics {
  private readonly dispatches;
  private readonly takeOvers;
  private readonly claims;

  constructor(private readonly metrics: Metrics) {
    this.dispatches = metrics.counter('rpa_dispatches_total', 'Deliveries handed to workers');
    this.takeOvers = metrics.counter('rpa_lease_take_overs_total', 'Leases of dead replicas that were taken away');
    this.claims = metrics.counter('rpa_runs_claimed_total', 'Runs taken up that nobody drove');
  }

  watch(parts: { host: RunHost; dispatcher: Dispatcher; commits: GroupCommit; registry: WorkerRegistry }): void {
    const { host, dispatcher, commits, registry } = parts;
    this.metrics.gauge('rpa_runs_owned', 'Runs in memory', () => host.size);
    this.metrics.gauge('rpa_commits_queued', 'Appends that wait for their commit', () => commits.queued);
    this.metrics.gauge('rpa_tasks_queued', 'Deliveries that wait for capacity', () => dispatcher.load.queued);
    this.metrics.gauge('rpa_tasks_in_flight', 'Deliveries with workers', () => dispatcher.load.inFlight);
    this.metrics.gauge('rpa_workers_known', 'Workers that announce themselves', () => registry.size);
  }

  dispatched(): void {
    this.dispatches.inc();
  }

  tookOver(leases: number): void {
    this.takeOvers.inc(leases);
  }

  claimed(runs: number): void {
    this.claims.inc(runs);
  }
}
