export { freePort, portFree } from '@rpa/embedded';
export { FilesPeer } from './files-peer.js';
export { eventually } from './eventually.js';
export { createTestDatabase } from './test-database.js';
export type { TestDatabase } from './test-database.js';
export { startTestNats, testNats } from './test-nats.js';
export type { TestNatsAccess } from './test-nats.js';
export { startTestPostgres } from './test-postgres.js';
export { waitForOutput } from './wait-for-output.js';
