export { aiConfig } from './ai.config.js';
export type { AiConfig } from './ai.config.js';
export { start } from './start.js';
