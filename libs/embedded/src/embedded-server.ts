/** A server that runs beside this process, in a process group of its own. */
export interface EmbeddedServer {
  /** Connection URL on the loopback interface; for PostgreSQL it holds the password: never log it. */
  readonly url: string;
  readonly port: number;
  /** Changes when the server died and was started again. */
  readonly pid: number;
  /** True when a server that an earlier, killed process left running is used instead of a new one. */
  readonly adopted: boolean;
  /** Ends the server in good order; repeated calls answer the same promise. */
  stop(): Promise<void>;
}

/** Receives one line for the operator: what is done, and what was found. Never holds a secret. */
export type Log = (line: string) => void;
