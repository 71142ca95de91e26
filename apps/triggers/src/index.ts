export { start } from './start.js';
export { triggersConfig } from './triggers.config.js';
export type { TriggersConfig } from './triggers.config.js';
