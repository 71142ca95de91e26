export type { JsonValue, JsonObject, FileReference } from './values/json.js';
export { INLINE_VALUE_LIMIT } from './values/json.js';
export { SideEffect } from './steps/step-type.js';
export type { SideEffectRule, RetryPolicy, StepTypeDescriptor, StepError } from './steps/step-type.js';
export { RecordType } from './journal/record.js';
export type { JournalRecord } from './journal/record.js';
export { ExecutionStatus, StepStatus, TERMINAL_STATUSES, isTerminal } from './journal/execution-status.js';
