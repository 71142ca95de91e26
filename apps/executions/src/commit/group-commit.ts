import type { Logger } from '@rpa/platform';
import type { Append, Committed } from './append.js';
import { CommitConnection } from './commit-connection.js';
import { CommitLane } from './commit-lane.js';
import type { CommitMetrics } from './commit-metrics.js';
import { Fenced } from './commit.errors.js';

export const LANES = 2;

/** Who wants to know when the journal of a run has grown. */
interface Watched {
  has(executionId: string): boolean;
  appended(executionId: string, lastSeq: number): void;
}

const NOBODY: Watched = { has: () => false, appended: () => undefined };

/** Many runs share a commit: durability costs latency once, not throughput. A run is pinned to one lane. */
export class GroupCommit {
  private readonly connections: CommitConnection[];
  private lanes: CommitLane[] = [];
  private leaseId: string | null = null;

  constructor(
    url: string,
    logger: Logger,
    private readonly metrics: CommitMetrics,
    private readonly onFenced: (leaseId: string) => void,
    private readonly watched: Watched = NOBODY,
  ) {
    this.connections = Array.from({ length: LANES }, () => new CommitConnection(url, 'rpa-executions-commit', logger));
  }

  async connect(): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.connect()));
  }

  /** Everything from now on is written in the name of this lease. */
  open(leaseId: string): void {
    this.leaseId = leaseId;
    this.lanes = this.connections.map(
      (connection) => new CommitLane(connection, leaseId, this.metrics, () => this.fence(leaseId)),
    );
  }

  append(lane: number, append: Append): Promise<Committed> {
    const chosen = this.lanes[lane % LANES];
    if (!chosen) return Promise.reject(new Fenced());
    const committed = chosen.add(append);
    const { executionId, records } = append;
    if (records && this.watched.has(executionId))
      committed.then(
        () => this.watched.appended(executionId, records.lastSeq),
        () => undefined,
      );
    return committed;
  }

  /** Appends that wait for their turn. */
  get queued(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.length, 0);
  }

  get connected(): boolean {
    return this.connections.every((connection) => connection.connected);
  }

  /** Nothing is written in the name of this lease any more. What is heard late of a former one changes nothing. */
  fence(leaseId: string): void {
    if (this.leaseId !== leaseId) return;
    this.leaseId = null;
    const lanes = this.lanes.splice(0);
    for (const lane of lanes) lane.close(new Fenced());
    this.onFenced(leaseId);
  }

  async close(): Promise<void> {
    for (const lane of this.lanes.splice(0)) lane.close();
    await Promise.all(this.connections.map((connection) => connection.close()));
  }
}

/** Same run, same lane. */
export function laneOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (hash * 31 + text.charCodeAt(index)) | 0;
  return (hash >>> 0) % LANES;
}
