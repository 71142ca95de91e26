import {
  checkIntegrationHealth,
  getIntegrationsDashboard,
  listActiveAlerts,
  listHealthHistory,
  testIntegration,
} from './check-integration.command.js';
import { findIntegrationsByCredential } from './find-by-credential.command.js';
import {
  createIntegration,
  deleteIntegration,
  getIntegration,
  listIntegrations,
  restoreIntegration,
  toggleIntegration,
  updateIntegration,
} from './manage-integrations.command.js';

export * from './check-integration.command.js';
export * from './find-by-credential.command.js';
export * from './integration-view.js';
export * from './manage-integrations.command.js';

export const INTEGRATIONS_COMMANDS = [
  createIntegration,
  getIntegration,
  listIntegrations,
  updateIntegration,
  toggleIntegration,
  deleteIntegration,
  restoreIntegration,
  checkIntegrationHealth,
  testIntegration,
  listHealthHistory,
  getIntegrationsDashboard,
  listActiveAlerts,
  findIntegrationsByCredential,
] as const;
