export { start } from './start.js';
export { workflowsConfig } from './workflows.config.js';
export type { WorkflowsConfig } from './workflows.config.js';
