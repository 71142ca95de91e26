export { executionsConfig } from './executions.config.js';
export type { ExecutionsConfig } from './executions.config.js';
export { start } from './start.js';
