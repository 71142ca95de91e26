export { integrationsConfig } from './integrations.config.js';
export type { IntegrationsConfig } from './integrations.config.js';
export { start } from './start.js';
