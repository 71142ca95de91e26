import type { JournalRecord, JsonObject, RecordType } from '@rpa/contracts';
import { applyRecord } from '../fold/fold-record.js';
import type { Run } from '../state/run.js';
import type { StepState } from '../state/step-state.js';
import type { Effect, Transition } from '../types.js';
import { putAway, type Filing } from './put-away.js';

/** About how many records one transition may hold; what is left goes on with the effect `continue`. */
export const RECORDS_PER_TRANSITION = 500;

/** One transition in the making. Every change of the state goes through {@link record}, so the state is the fold of the journal. */
export class Turn {
  readonly records: JournalRecord[] = [];
  readonly effects: Effect[] = [];
  private readonly missing = new Set<string>();
  private readonly adoptable: string[] = [];

  constructor(
    readonly run: Run,
    readonly at: number,
    private readonly filing?: Filing,
  ) {}

  record(type: RecordType, data: JsonObject, step?: StepState, attempt?: number): void {
    const kept = putAway(type, data, this.filing);
    const record: JournalRecord = { seq: this.run.seq + 1, type, at: this.at, data: kept };
    if (step) {
      record.path = step.path;
      if (attempt !== undefined) record.attempt = attempt;
    }
    this.records.push(record);
    applyRecord(this.run, record, step);
  }

  effect(effect: Effect): void {
    this.effects.push(effect);
  }

  /** Asks the host for the contents of these files. */
  load(fileIds: Iterable<string>): void {
    for (const id of fileIds) this.missing.add(id);
  }

  /** Asks the host what the former run gave for a step. */
  adopt(path: string): void {
    this.adoptable.push(path);
  }

  get isFull(): boolean {
    return this.records.length >= RECORDS_PER_TRANSITION;
  }

  finish(): Transition {
    if (this.missing.size > 0) this.effects.push({ type: 'load', fileIds: [...this.missing] });
    if (this.adoptable.length > 0) this.effects.push({ type: 'adopt', paths: this.adoptable });
    return { state: this.run, records: this.records, effects: this.effects };
  }
}
