export { StepTypeEntity } from './step-type.entity.js';
export { WorkflowEntity } from './workflow.entity.js';
export { WorkflowVersionEntity } from './workflow-version.entity.js';
