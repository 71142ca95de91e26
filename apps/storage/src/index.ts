export { start } from './start.js';
export { storageConfig } from './storage.config.js';
export type { StorageConfig } from './storage.config.js';
