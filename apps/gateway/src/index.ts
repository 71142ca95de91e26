export { gatewayConfig } from './gateway.config.js';
export type { GatewayConfig } from './gateway.config.js';
export { start } from './start.js';
export type { RunningGateway } from './start.js';
