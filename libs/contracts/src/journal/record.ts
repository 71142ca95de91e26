import type { JsonObject } from '../values/json.js';

/** Every kind of record a run's journal can hold. Readers ignore kinds that they do not know. */
export const RecordType = {
  ExecutionStarted: 'execution_started',
  StepQueued: 'step_queued',
  StepRedelivered: 'step_redelivered',
  StepStarting: 'step_starting',
  StepCompleted: 'step_completed',
  StepFailed: 'step_failed',
  StepRetrying: 'step_retrying',
  StepSkipped: 'step_skipped',
  StepWaiting: 'step_waiting',
  StepCancelled: 'step_cancelled',
  StepAdopted: 'step_adopted',
  IterationsPlanned: 'iterations_planned',
  IterationStarted: 'iteration_started',
  IterationEnded: 'iteration_ended',
  VariableUpdated: 'variable_updated',
  TimerSet: 'timer_set',
  TimerFired: 'timer_fired',
  SignalReceived: 'signal_received',
  ApprovalRequested: 'approval_requested',
  ApprovalDecided: 'approval_decided',
  ChildStarted: 'child_started',
  ChildEnded: 'child_ended',
  DecisionRequired: 'decision_required',
  DecisionMade: 'decision_made',
  ResponseSent: 'response_sent',
  CancelRequested: 'cancel_requested',
  ExecutionPaused: 'execution_paused',
  ExecutionResumed: 'execution_resumed',
  ExecutionCompleted: 'execution_completed',
  ExecutionFailed: 'execution_failed',
  ExecutionCancelled: 'execution_cancelled',
  ExecutionTimedOut: 'execution_timed_out',
  AiConversationState: 'ai_conversation_state',
} as const;
export type RecordType = (typeof RecordType)[keyof typeof RecordType];

/**
 * One entry of a run's journal. `seq` counts from 1 without gaps; `at` is epoch milliseconds; `path` is the step's path
 * (ids and iteration numbers joined by dots, attempts are not part of it).
 */
export interface JournalRecord {
  seq: number;
  type: RecordType;
  path?: string;
  attempt?: number;
  at: number;
  data: JsonObject;
}
