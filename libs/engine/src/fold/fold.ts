import type { JournalRecord, RecordType } from '@rpa/contracts';
import type { Run } from '../state/run.js';
import type { StepState } from '../state/step-state.js';

/** How one kind of record changes the state. `step` is the step at the record's path, when the path leads to one. */
export type Fold = (run: Run, record: JournalRecord, step: StepState | undefined) => void;
export type FoldTable = { readonly [type in RecordType]?: Fold };
