/** Why an embedded server does not run. Stable: callers and scripts may branch on these. */
export const embeddedErrorCode = {
  /** Another program listens on the port that was asked for. */
  portTaken: 'PORT_TAKEN',
  /** Too little free space in the file system of the data folder. */
  diskFull: 'DISK_FULL',
  /** The data folder cannot be created or written. */
  notWritable: 'DATA_DIR_NOT_WRITABLE',
  /** The unprivileged user that runs PostgreSQL may not enter the data folder. */
  notEnterable: 'DATA_DIR_NOT_ENTERABLE',
  /** A living process works on the data folder. */
  dataDirInUse: 'DATA_DIR_IN_USE',
  /** The data folder was written by another major version of PostgreSQL. */
  wrongVersion: 'DATA_DIR_OTHER_VERSION',
  /** There is no server binary for this platform, or it was not installed. */
  packageMissing: 'SERVER_PACKAGE_MISSING',
  /** The server binary exists but ended before it was ready. */
  serverFailed: 'SERVER_DOES_NOT_START',
} as const;

export type EmbeddedErrorCode = (typeof embeddedErrorCode)[keyof typeof embeddedErrorCode];

/**
 * A start that failed for a reason the operator can mend. `message` says what is wrong and where,
 * `hint` what to do about it.
 */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError';

  constructor(
    readonly code: EmbeddedErrorCode,
    message: string,
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
