import type { Metrics } from '@rpa/platform';

const MILLISECOND = 0.001;

/** What the journal's writing costs. */
export class CommitMetrics {
  private readonly latency;
  private readonly size;
  private readonly faults;

  constructor(metrics: Metrics) {
    this.latency = metrics.histogram(
      'rpa_commit_duration_seconds',
      'Time of one journal commit',
      [],
      [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
    );
    this.size = metrics.histogram('rpa_commit_runs', 'Runs in one journal commit', [], [1, 2, 5, 10, 20, 50, 100, 200]);
    this.faults = metrics.counter('rpa_commit_faults_total', 'Commits that did not go well, by kind', ['kind']);
  }

  committed(runs: number, tookMs: number): void {
    this.latency.observe(tookMs * MILLISECOND);
    this.size.observe(runs);
  }

  /** The lease was gone: nothing was written. */
  fenced(): void {
    this.faults.inc({ kind: 'fenced' });
  }

  /** PostgreSQL went away during a commit. */
  unknownOutcome(): void {
    this.faults.inc({ kind: 'unknown_outcome' });
  }

  /** PostgreSQL refused what one run wanted to write. */
  refused(): void {
    this.faults.inc({ kind: 'refused' });
  }
}
