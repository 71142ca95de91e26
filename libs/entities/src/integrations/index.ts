export { HealthCheckEntity } from './health-check.entity.js';
export { IntegrationEntity } from './integration.entity.js';
