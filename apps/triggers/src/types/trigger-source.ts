import type { CommandDefinition, CredentialValue, JsonValue, TriggerSourceStatus } from '@rpa/contracts';
import type { Logger } from '@rpa/platform';

/** What one trigger's source has found: an event before it is in the inbox. */
export interface SourceEvent {
  /**
   * Recognises a repeat for 72 h within this trigger, e.g. the UID of a mail. Null where every one is new: then nothing
   * but the checkpoint keeps it from coming twice.
   */
  key: string | null;
  payload: JsonValue;
  headers?: { [name: string]: string };
  /** Why it cannot be used: it goes to the ledger as `rejected` and starts nothing. */
  fault?: string;
}

/** What a source works with; a new one for every poll and every connection. */
export interface SourceContext<Config, Checkpoint> {
  trigger: { id: string; organizationId: string; name: string };
  config: Config;
  /** Where the last commit left off; null at the first time. */
  checkpoint: Checkpoint | null;
  /**
   * The values of one of the organization's credentials, by its key. Fetched from the vault by a grant of one minute;
   * keep it as short as you can, never store or log it. Throws `credential_refused` when it is gone.
   */
  credential(key: string): Promise<CredentialValue>;
  /** Asks another service in the name of the trigger's organization. */
  ask<Request extends object, Reply extends object>(
    command: CommandDefinition<Request, Reply>,
    body: NoInfer<Request>,
  ): Promise<Reply>;
  /** Aborted when the trigger is changed, disabled or deleted, when another replica has it, or when the service stops. */
  signal: AbortSignal;
  log: Logger;
}

export interface PollResult<Checkpoint> {
  /** In the order in which they happened; at most 1,000, the rest with `more`. */
  events: SourceEvent[];
  /** Where the next poll goes on. Written in the same transaction as the events. */
  checkpoint: Checkpoint;
  /** There is more already: poll again at once. */
  more?: boolean;
  /** How many events (or whatever is counted) wait in the source; absent: not known. */
  lag?: number;
  /** Runs after the commit, e.g. marks mails as read. If it fails or the process dies before, the events come again. */
  committed?(): Promise<void>;
}

/** A source that is asked now and then. */
export interface PollSource<Config, Checkpoint> {
  /** Milliseconds from the end of a poll to the next. */
  everyMs(config: Config): number;
  /** Throwing means the source is broken: the trigger's status says so, and it is polled again after a growing pause. */
  poll(context: SourceContext<Config, Checkpoint>): Promise<PollResult<Checkpoint>>;
}

export interface StreamContext<Config, Checkpoint> extends SourceContext<Config, Checkpoint> {
  /**
   * Writes events and checkpoint in one transaction. When it returns they are durable, and only then may the other side be
   * told. Throws when another replica has taken the source over: let it through.
   */
  accept(events: SourceEvent[], checkpoint: Checkpoint): Promise<void>;
  /** Connected and well; `lag` as in {@link PollResult}. */
  report(status: { lag?: number }): void;
}

/** A source that stays connected. */
export interface StreamSource<Config, Checkpoint> {
  /**
   * Returns when the signal is aborted, or when it wants to be connected anew at once. Throwing means broken, as for
   * {@link PollSource.poll}.
   */
  run(context: StreamContext<Config, Checkpoint>): Promise<void>;
}

/** Where the events of one trigger come from. One replica works on it at a time, under a lease. */
export type OwnSource<Config, Checkpoint> =
  | { poll: PollSource<Config, Checkpoint>; stream?: undefined }
  | { stream: StreamSource<Config, Checkpoint>; poll?: undefined };

/** Something that runs once in every replica and brings in the events of all triggers of one type. */
export interface SharedSource {
  start(): void | Promise<void>;
  /** Takes nothing new and finishes what it has. */
  stop(): Promise<void>;
  status(): Omit<TriggerSourceStatus, 'type'>;
}
