/** One thing that an import could not carry over as it was, or that a person should look at. */
export interface ImportNote {
  /** The step's new id; absent for what concerns the whole definition. */
  step?: string;
  /** Where it stood in the original, such as `config.script`. */
  field: string;
  level: 'lost' | 'changed' | 'check';
  message: string;
}

export class ImportReport {
  readonly notes: ImportNote[] = [];

  add(level: ImportNote['level'], step: string | undefined, field: string, message: string): void {
    this.notes.push(step === undefined ? { field, level, message } : { step, field, level, message });
  }
}
