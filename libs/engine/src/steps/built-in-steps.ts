import type { StepTypeDescriptor } from '@rpa/contracts';
import { approvalStep } from './approval/approval.step.js';
import { breakStep } from './break/break.step.js';
import { conditionStep } from './condition/condition.step.js';
import { continueStep } from './continue/continue.step.js';
import { delayStep } from './delay/delay.step.js';
import { failStepType } from './fail/fail.step.js';
import { foreachStep } from './foreach/foreach.step.js';
import { logStep } from './log/log.step.js';
import { parallelStep } from './parallel/parallel.step.js';
import { respondStep } from './respond/respond.step.js';
import { setVariableStep } from './set-variable/set-variable.step.js';
import type { BuiltInStep, StartStep } from './step.js';
import { stopStep } from './stop/stop.step.js';
import { subWorkflowStep } from './sub-workflow/sub-workflow.step.js';
import { switchStep } from './switch/switch.step.js';
import { transformStep } from './transform/transform.step.js';
import { waitForSignalStep } from './wait-for-signal/wait-for-signal.step.js';
import { whileStep } from './while/while.step.js';

const STEPS: readonly BuiltInStep[] = [
  conditionStep,
  switchStep,
  parallelStep,
  foreachStep,
  whileStep,
  breakStep,
  continueStep,
  delayStep,
  setVariableStep,
  transformStep,
  logStep,
  failStepType,
  stopStep,
  subWorkflowStep,
  waitForSignalStep,
  approvalStep,
  respondStep,
];

/** Descriptors of the steps that the engine runs itself; no announcement can replace them. */
export const BUILT_IN_STEP_TYPES: readonly StepTypeDescriptor[] = STEPS.map((step) => step.descriptor);

export const INLINE_STEPS: ReadonlyMap<string, StartStep> = new Map(
  STEPS.map((step) => [step.descriptor.type, step.start]),
);
