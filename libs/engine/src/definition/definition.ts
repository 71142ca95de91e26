import type { JsonObject, JsonValue, SideEffect } from '@rpa/contracts';

/** A workflow definition, format 1, with every short form resolved: what {@link normalizeDefinition} gives and hosts store. */
export interface Definition {
  format: 1;
  /** JSON Schema of what a start must bring. */
  inputs?: JsonObject;
  /** Initial values; strings may hold expressions over `inputs`, `env`, `trigger`, `workflow`, `execution` and `now`. */
  variables?: JsonObject;
  /** Template of the run's output; absent: an object with the outputs of the completed last steps, by id. */
  output?: JsonValue;
  settings?: DefinitionSettings;
  steps: StepDefinition[];
  /** Layout and notes of an editor; never part of the version's hash. */
  ui?: JsonObject;
}

export interface DefinitionSettings {
  /** Limit of the whole run, a duration string; leaves out the time paused or waiting for a decision. */
  timeout?: string;
  /** Runs at once, of the workflow or of each value of `key`; default of `onLimit`: queue. */
  concurrency?: { limit: number; key?: string; onLimit?: 'queue' | 'skip' | 'cancel_oldest' };
  /** Starts within any `period` (at most 1d), of the workflow or of each value of `key`; default of `onLimit`: queue. */
  rateLimit?: { limit: number; period: string; key?: string; onLimit?: 'queue' | 'skip' };
  /**
   * Starts that follow each other within `period` become one run with the last inputs. It begins when no other has come
   * for a period, at the latest `maxWait` after the first.
   */
  debounce?: { period: string; key?: string; maxWait?: string };
  /** 0..9, 9 first. */
  priority?: number;
  onFailure?: { workflow: string };
}

export interface StepDefinition {
  id: string;
  name?: string;
  type: string;
  typeVersion?: number;
  config?: JsonObject;
  credential?: string;
  when?: JsonValue;
  timeout?: string;
  retry?: RetrySettings;
  onError?: ErrorHandling;
  sideEffect?: SideEffect;
  next?: string[];
  branches?: { [name: string]: string[] };
  join?: 'all' | 'any';
  disabled?: boolean;
  notes?: string;
  pool?: string;
  /** Body of a container. */
  steps?: StepDefinition[];
  ui?: JsonObject;
}

export interface RetrySettings {
  maxAttempts?: number;
  backoff?: 'exponential' | 'linear' | 'fixed';
  delay?: string;
  maxDelay?: string;
  jitter?: boolean;
}

export interface ErrorHandling {
  action: 'fail' | 'continue' | 'route';
  steps?: string[];
}

/** One fault of a definition. `path` is a JSON path such as `steps[2].config.url`; the empty string is the definition itself. */
export interface DefinitionIssue {
  path: string;
  code: string;
  message: string;
  /** Position inside the expression at `path`, from 1. */
  line?: number;
  column?: number;
}

/** A definition that cannot be run; `issues` names every fault. */
export class DefinitionInvalid extends Error {
  override readonly name = 'DefinitionInvalid';
  readonly code = 'definition_invalid';
  constructor(readonly issues: DefinitionIssue[]) {
    super(issues.map((issue) => `${issue.path || 'definition'}: ${issue.message}`).join('; '));
  }
}
