export { embeddedErrorCode, EmbeddedError } from './embedded.errors.js';
export type { EmbeddedErrorCode } from './embedded.errors.js';
export type { EmbeddedServer, Log } from './embedded-server.js';
export { startPostgres } from './start-postgres.js';
export type { PostgresOptions } from './start-postgres.js';
export type { PostgresSettings } from './postgres-settings.js';
export { freePort, portFree } from './port.js';
export { endProcess, signalGroup } from './end-process.js';
