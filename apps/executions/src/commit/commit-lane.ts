import { isDatabaseAway, sqlState } from '@rpa/platform';
import type { Append, Committed } from './append.js';
import type { CommitConnection } from './commit-connection.js';
import type { CommitMetrics } from './commit-metrics.js';
import { commitStatement, type CommitRow } from './commit-statement.js';
import { CommitsClosed, Fenced, RecordRefused } from './commit.errors.js';
import { readBack } from './read-back.js';

const MAX_BATCH = 200;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;
const RETRY_PAUSE_MS = 100;

interface Waiting {
  append: Append;
  resolve(committed: Committed): void;
  reject(error: unknown): void;
}

/**
 * One stream of commits: what arrives while a commit is on its way is the next batch. There is no linger; a lone append
 * goes at once.
 */
export class CommitLane {
  private waiting: Waiting[] = [];
  private busy = false;
  private closed = false;

  constructor(
    private readonly connection: CommitConnection,
    private readonly leaseId: string,
    private readonly metrics: CommitMetrics,
    private readonly onFenced: () => void,
  ) {}

  get length(): number {
    return this.waiting.length;
  }

  add(append: Append): Promise<Committed> {
    if (this.closed) return Promise.reject(new CommitsClosed());
    return new Promise((resolve, reject) => {
      this.waiting.push({ append, resolve, reject });
      if (!this.busy) void this.drain();
    });
  }

  /** Refuses what comes from now on and what has not been tried yet. */
  close(error: Error = new CommitsClosed()): void {
    this.closed = true;
    for (const waiting of this.waiting.splice(0)) waiting.reject(error);
  }

  private async drain(): Promise<void> {
    this.busy = true;
    while (this.waiting.length > 0) {
      const batch = this.takeBatch();
      await this.commit(batch).catch((error: unknown) => {
        for (const waiting of batch) waiting.reject(error);
      });
    }
    this.busy = false;
  }

  private takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { append } of this.waiting) {
      bytes +=
        (append.records?.body.length ?? 0) + (append.start?.inputs.length ?? 0) + (append.snapshot?.body.length ?? 0);
      if (count > 0 && (bytes > MAX_BATCH_BYTES || count >= MAX_BATCH)) break;
      count++;
    }
    return this.waiting.splice(0, count);
  }

  /** Tries a batch until its outcome is known: committed, refused, or not ours to write any more. */
  private async commit(batch: Waiting[]): Promise<void> {
    let open = batch;
    for (;;) {
      try {
        const started = performance.now();
        const query = commitStatement(
          this.leaseId,
          open.map((waiting) => waiting.append),
        );
        const { rows } = await this.connection.query<CommitRow>(query);
        this.metrics.committed(open.length, performance.now() - started);
        return this.settle(open, rows[0]);
      } catch (error) {
        if (this.closed) throw error;
        if (isDatabaseAway(error) || sqlState(error) === '23505') {
          open = await this.settleCommitted(open, error);
          if (open.length === 0) return;
        } else if (isRefusal(error)) return this.eachAlone(open, error);
        else await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
      }
    }
  }

  private settle(batch: Waiting[], row: CommitRow | undefined): void {
    if (!row?.held) {
      this.metrics.fenced();
      const error = new Fenced();
      this.close(error);
      for (const waiting of batch) waiting.reject(error);
      return this.onFenced();
    }
    const keyed = row.keyed && new Set(row.keyed);
    const kept = row.kept && new Set(row.kept);
    for (const { append, resolve } of batch)
      resolve({
        duplicate: Boolean(append.start?.key) && !keyed?.has(append.executionId),
        kept: kept?.has(append.executionId) ?? false,
      });
  }

  /**
   * Nobody knows whether the batch was committed, so the rows are asked: what our lease has written is done, what is not
   * there is tried again. Should the lost commit still arrive, the repeat runs into its unique key and comes back here.
   */
  private async settleCommitted(batch: Waiting[], error: unknown): Promise<Waiting[]> {
    this.metrics.unknownOutcome();
    const written = await readBack(
      this.connection,
      this.leaseId,
      batch.map((waiting) => waiting.append),
    );
    const done = batch.filter(({ append }) => written.has(append.executionId));
    if (done.length === 0 && sqlState(error) === '23505') {
      await this.eachAlone(batch, error);
      return [];
    }
    for (const { append, resolve } of done)
      resolve({
        duplicate: false,
        kept: written.get(append.executionId) === 'owned' && append.change?.owner === 'let_go',
      });
    return batch.filter(({ append }) => !written.has(append.executionId));
  }

  /** One poisonous row must not fail the others. */
  private async eachAlone(batch: Waiting[], error: unknown): Promise<void> {
    const [only] = batch;
    if (batch.length === 1 && only) {
      this.metrics.refused();
      return only.reject(new RecordRefused(error));
    }
    for (const waiting of batch) await this.commit([waiting]).catch((failure: unknown) => waiting.reject(failure));
  }
}

/** Data errors and exceeded limits: the same rows would be refused again. */
function isRefusal(error: unknown): boolean {
  const state = sqlState(error);
  return state === null || /^(22|23|42|54|0A)/.test(state) || state === '40P01';
}
