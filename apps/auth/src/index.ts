export { authConfig } from './auth.config.js';
export type { AuthConfig } from './auth.config.js';
export { start } from './start.js';
