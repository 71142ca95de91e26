/** This replica is not the owner of its runs any more: its lease is gone or has expired. Nothing was written. */
export class Fenced extends Error {
  constructor() {
    super('The lease of this replica is gone; its runs belong to others now.');
    this.name = 'Fenced';
  }
}

/** PostgreSQL refuses these records for what they hold; repeating it would change nothing. */
export class RecordRefused extends Error {
  constructor(override readonly cause: unknown) {
    super(`PostgreSQL refused the records: ${cause instanceof Error ? cause.message : String(cause)}`);
    this.name = 'RecordRefused';
  }
}

/** The replica is stopping or was fenced before the commit was tried. */
export class CommitsClosed extends Error {
  constructor() {
    super('This replica takes no more commits.');
    this.name = 'CommitsClosed';
  }
}
