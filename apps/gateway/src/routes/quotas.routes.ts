import { readQuotas } from '@rpa/contracts';
import { route, type RouteDefinition } from '../http/define-route.js';

export const QUOTA_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/organization/quotas', command: readQuotas }),
];
