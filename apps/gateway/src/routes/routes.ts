import type { RouteDefinition } from '../http/define-route.js';
import { EXECUTION_ROUTES } from './executions.routes.js';

/** Every business route, by its tag in the documentation. */
export const ROUTES: Readonly<Record<string, readonly RouteDefinition[]>> = {
  executions: EXECUTION_ROUTES,
};
