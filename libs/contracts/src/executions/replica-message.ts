import type { StepResponse } from './start-execution.command.js';

/**
 * What the replicas of `executions` tell each other, on the subject of the replica it concerns. Hints only: whoever
 * misses one finds the same in the rows within a second.
 */
export type ReplicaMessage =
  /** Rows lie in the inbox of a run that you own. */
  | { kind: 'inbox'; executionId: string }
  /** A run that you wait for has ended. */
  | { kind: 'ended'; executionId: string }
  /** A step of a run that you wait for has responded. */
  | { kind: 'responded'; executionId: string; response: StepResponse }
  /** A worker asked here to begin a step of class `once` of a run that you own; answered with `{ granted }`. */
  | { kind: 'start_requested'; executionId: string; path: string; attempt: number; worker: string };

/** Subject of one replica; `*` for the permissions of all. */
export function replicaSubject(replica: string): string {
  return `replica.executions.${replica}`;
}
