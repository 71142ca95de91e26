export { start } from './start.js';
export { STEPS } from './steps/steps.js';
export { workerConfig } from './worker.config.js';
export type { WorkerConfig } from './worker.config.js';
