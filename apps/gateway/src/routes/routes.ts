import type { RouteDefinition } from '../http/define-route.js';
import { ADMINISTRATION_ROUTES } from './administration.routes.js';
import { AI_ROUTES } from './ai.routes.js';
import { RETENTION_ROUTES } from './retention.routes.js';
import { ANALYTICS_ROUTES } from './analytics.routes.js';
import { APPROVAL_ROUTES } from './approvals.routes.js';
import { AUDIT_LOG_ROUTES } from './audit-logs.routes.js';
import { AUTH_ROUTES } from './auth.routes.js';
import { CREDENTIAL_ROUTES } from './credentials.routes.js';
import { EXECUTION_ROUTES } from './executions.routes.js';
import { FILE_ROUTES } from './files.routes.js';
import { SCHEDULE_ROUTES } from './schedules.routes.js';
import { QUOTA_ROUTES } from './quotas.routes.js';
import { RERUN_ROUTES } from './reruns.routes.js';
import { TEST_RUN_ROUTES } from './test-runs.routes.js';
import { TRIGGER_ROUTES } from './triggers.routes.js';
import { INTEGRATION_ROUTES } from './integrations.routes.js';
import { WORKFLOW_ROUTES } from './workflows.routes.js';

/** Every business route, by its tag in the documentation. */
export const ROUTES: Readonly<Record<string, readonly RouteDefinition[]>> = {
  auth: AUTH_ROUTES,
  administration: [...ADMINISTRATION_ROUTES, ...AUDIT_LOG_ROUTES],
  workflows: [...WORKFLOW_ROUTES, ...TEST_RUN_ROUTES],
  executions: [...EXECUTION_ROUTES, ...RERUN_ROUTES],
  approvals: APPROVAL_ROUTES,
  quotas: QUOTA_ROUTES,
  files: FILE_ROUTES,
  triggers: TRIGGER_ROUTES,
  schedules: SCHEDULE_ROUTES,
  credentials: CREDENTIAL_ROUTES,
  integrations: INTEGRATION_ROUTES,
  analytics: ANALYTICS_ROUTES,
  retention: RETENTION_ROUTES,
  ai: AI_ROUTES,
};
