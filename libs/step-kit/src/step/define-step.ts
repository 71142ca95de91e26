import type {
  CredentialValue,
  FileReference,
  JsonObject,
  JsonValue,
  StepTypeDescriptor,
  TaskLog,
} from '@rpa/contracts';
import type { Static, TSchema } from 'typebox';
import type { HttpClient } from '../http/http-client.js';

/** Writes into the step's log, which the execution shows; at most a few KiB an attempt. Never write secrets. */
export type StepLog = Record<TaskLog['level'], (message: string) => void>;

/** Files of the execution: for what is too large to be held in memory. */
export interface StepFiles {
  /**
   * Streams content into a file; the secrets of the credential are masked on the way. The reference may be part of the
   * output, wherever a value may be.
   * @throws StepFailure `output_too_large`, or `output_not_stored` (worth another attempt)
   */
  save(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, contentType: string): Promise<FileReference>;
  /**
   * Streams a file that the config refers to; see `StepDefinition.closed`.
   * @throws StepFailure `file_not_found`, `file_damaged`, or `file_unavailable` (worth another attempt)
   */
  open(reference: FileReference): AsyncIterable<Uint8Array>;
}

/** What one attempt of a step gets. */
export interface StepRun<Config> {
  /** Evaluated and valid by the step's schema. */
  config: Config;
  /** Fetched from the vault for this attempt; null when the step names none. */
  credential: CredentialValue | null;
  /** Aborted when the attempt's time is over or the run is cancelled; the reason says which. */
  signal: AbortSignal;
  log: StepLog;
  /** `<executionId>:<path>`: the same for every attempt and delivery, so that the other side recognises a repeat. */
  idempotencyKey: string;
  /** Throws when the attempt has been aborted: call it in long loops. */
  heartbeat: () => void;
  /** W3C trace context to send on. */
  traceparent: string | null;
  /** The only way out: guarded against addresses inside the installation. */
  http: HttpClient;
  files: StepFiles;
}

/** What a step type says about itself: its descriptor, with typed schemas, and the code that runs it. */
export interface StepDefinition<Config extends TSchema, Output extends TSchema> extends Pick<
  StepTypeDescriptor,
  | 'version'
  | 'title'
  | 'summary'
  | 'category'
  | 'ui'
  | 'sideEffect'
  | 'timeout'
  | 'retry'
  | 'errors'
  | 'credentialTypes'
  | 'pool'
> {
  id: string;
  config: Config;
  output: Output;
  /** Top-level fields of the config that may be file references, for {@link StepFiles.open}; else the step gets the contents. */
  closed?: readonly string[];
  examples: { title: string; config: Static<Config> & JsonObject; output?: JsonValue }[];
  run(context: StepRun<Static<Config>>): Promise<Static<Output>>;
}

/** A step type of any config and output, as a host takes it. */
export type Step = StepDefinition<TSchema, TSchema>;

/** Third parties put their name before two underscores: `acme__invoice`. */
const STEP_ID = /^[a-z][a-z0-9]*(_[a-z0-9]+)*(__[a-z][a-z0-9]*(_[a-z0-9]+)*)?$/;

export function defineStep<Config extends TSchema, Output extends TSchema>(
  definition: StepDefinition<Config, Output>,
): Step {
  if (!STEP_ID.test(definition.id)) throw new Error(`'${definition.id}' is not a step type id, such as http_request.`);
  if (!Number.isInteger(definition.version) || definition.version < 1)
    throw new Error(`The version of '${definition.id}' must be a whole number from 1.`);
  return Object.freeze(definition) as unknown as Step;
}

/** The step type as data, for the catalog. */
export function descriptorOf(step: Step): StepTypeDescriptor {
  const { id, config, output, run: _, closed: __, ...rest } = step;
  const plain = JSON.parse(JSON.stringify({ ...rest, configSchema: config, outputSchema: output })) as Omit<
    StepTypeDescriptor,
    'type'
  >;
  return { type: id, ...plain };
}
