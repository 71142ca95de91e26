import type { JsonObject, JsonValue, StepError } from '@rpa/contracts';
import type { ScopeState } from './scope-state.js';

/** The iterations of a container. Of those that have ended only the outputs are kept. */
export class LoopState {
  /** Of `foreach`; a file reference once the run was read back from the journal. */
  items: JsonValue = null;
  /** The file reference that the items were loaded from. */
  itemsFile: JsonValue | undefined;
  /** Items of a `foreach`; the most turns of a `while`. */
  count = 0;
  concurrency = 1;
  onItemError: 'fail' | 'continue' = 'fail';
  /** Index of the next iteration to start. */
  next = 0;
  readonly running = new Map<number, ScopeState>();
  outputs: JsonValue[] = [];
  errors: JsonObject[] = [];
  /** Output of the last turn of a `while`. */
  previous: JsonValue = null;
  /** The lowest iteration that met a `break`; iterations above it are dropped. */
  breakAt: number | undefined;
  /** Ends the container as failed once its iterations have been aborted. */
  closing: { error: StepError } | undefined;
  /** Path of the step whose failure ends the container. */
  failedAt: string | undefined;

  /** How many iterations count in the end. */
  get limit(): number {
    return this.breakAt === undefined ? this.count : Math.min(this.count, this.breakAt + 1);
  }
}
