import { INLINE_VALUE_LIMIT, type JsonValue } from '@rpa/contracts';
import { FilesClient, isLargerThan, referredFiles, withContents, type FileOwner, type FilesMeans } from '@rpa/files';
import type { Logger } from '@rpa/platform';
import type { LiveRun, RunIdentity } from '../runs/live-run.js';
import type { RunHost } from '../runs/run-host.js';
import { PendingFiles } from './pending-files.js';
import { ValueReader } from './read-values.js';
import { ValueCache } from './value-cache.js';

/** Somebody waits for an answer: they hear soon that storage is away. */
const ANSWER_WITHIN_MS = 5_000;
const RETRY_MS = 1_000;
/** A reply over NATS has at most twice that. */
const MOST_IN_AN_ANSWER = 4 * 1024 * 1024;

/** Values of runs that are too large for the journal: into files, and back when an expression reads them. */
export class LargeValues {
  private readonly files: FilesClient;
  private readonly cache: ValueCache;
  private readonly reader: ValueReader;

  constructor(
    means: FilesMeans,
    private readonly limits: { maxValueBytes: number; valueCacheBytes: number },
    private readonly logger: Logger,
  ) {
    this.files = new FilesClient(means);
    this.cache = new ValueCache(limits.valueCacheBytes);
    this.reader = new ValueReader(this.files, this.cache, limits.maxValueBytes);
  }

  /** For one transition of a run. */
  forRun({ id, organizationId }: Pick<RunIdentity, 'id' | 'organizationId'>): PendingFiles {
    return this.begin({ organizationId, executionId: id });
  }

  /**
   * A value from outside as a run may keep it, stored by the time that this returns. `find` gives the run, or says why there
   * is none: it is asked for large values only.
   * @throws `unavailable` soon when storage is away
   */
  async keepOf(organizationId: string, find: () => Promise<{ id: string }>, value: JsonValue): Promise<JsonValue> {
    if (!isLargerThan(value, INLINE_VALUE_LIMIT)) return value;
    const pending = this.begin({ organizationId, executionId: (await find()).id });
    const kept = pending.put(value, false);
    await pending.store(soon());
    return kept;
  }

  /** The value with the contents of files that the execution refers to, as far as they may be read; others stay closed. */
  async open<T extends JsonValue>(owner: FileOwner, value: T): Promise<T> {
    const ids = [...referredFiles(value)];
    if (ids.length === 0) return value;
    const { values } = await this.reader.execute(owner, ids, soon());
    return withContents(value, new Map(Object.entries(values))) as T;
  }

  /** The same for a value that answers somebody at once; what does not fit into one answer stays a reference. */
  async openForAnswer(owner: FileOwner, value: JsonValue): Promise<JsonValue> {
    if (referredFiles(value).size === 0) return value;
    const opened = await this.open(owner, value);
    return isLargerThan(opened, MOST_IN_AN_ANSWER) ? value : opened;
  }

  /** Answers the effect `load`: waits for storage as long as the run is ours. */
  load(host: RunHost, run: LiveRun, fileIds: readonly string[]): void {
    const owner = { organizationId: run.identity.organizationId, executionId: run.id };
    this.reader
      .execute(owner, fileIds, () => !run.dropped)
      .then(
        (read) => host.stimulate(run, { event: { type: 'values_loaded', at: Date.now(), ...read } }),
        (error: unknown) => {
          if (run.dropped) return;
          this.logger.error({ err: error, executionId: run.id }, 'Files of a run could not be read; tried again');
          setTimeout(() => this.load(host, run, fileIds), RETRY_MS).unref();
        },
      );
  }

  private begin(owner: FileOwner): PendingFiles {
    return new PendingFiles(owner, this.files, this.cache, this.limits.maxValueBytes);
  }
}

/** For a caller who waits. */
export function soon(): () => boolean {
  const until = Date.now() + ANSWER_WITHIN_MS;
  return () => Date.now() < until;
}
