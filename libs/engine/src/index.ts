export type * from './types.js';
export type {
  Definition,
  DefinitionIssue,
  DefinitionSettings,
  ErrorHandling,
  RetrySettings,
  StepDefinition,
} from './definition/definition.js';
export { DefinitionInvalid } from './definition/definition.js';
export { canonicalDefinition } from './definition/canonical.js';
export { MAX_DURATION_MS, parseDuration } from './definition/duration.js';
export { LIMITS } from './definition/limits.js';
export { foldRecord } from './fold/fold-record.js';
export { normalizeDefinition } from './normalize-definition.js';
export { findNode } from './plan/find-node.js';
export { compileDefinition } from './plan/compile-definition.js';
export type { Plan } from './plan/plan.js';
export { projectSteps } from './projection/project-steps.js';
export type { ProjectionOptions } from './projection/project-steps.js';
export type { StepView } from './projection/step-view.js';
export { PlanRerun } from './rerun/plan-rerun.js';
export type { RepeatedEffect, RerunOptions } from './rerun/plan-rerun.js';
export { cancelStart } from './run/cancel-start.js';
export { flowOf } from './run/flow-of.js';
export type { Flow, FlowFault } from './run/flow-of.js';
export { applyEvent } from './run/apply-event.js';
export type { Filing } from './run/put-away.js';
export { hasRoomForSignal } from './run/has-room-for-signal.js';
export { pendingEffects } from './run/pending-effects.js';
export { startRun } from './run/start-run.js';
export { restoreState } from './state/restore.js';
export { snapshotState } from './state/snapshot.js';
export { BUILT_IN_STEP_TYPES } from './steps/built-in-steps.js';
export type { StepType } from './steps/step-types.js';
export { validateDefinition } from './validation/validate-definition.js';
export type { ValidationOptions, ValidationResult } from './validation/validate-definition.js';
export { validateInputs } from './validation/validate-inputs.js';
export { importPythonDefinition } from './importing/import-python-definition.js';
export type { PythonImport } from './importing/import-python-definition.js';
export type { ImportNote } from './importing/report.js';
