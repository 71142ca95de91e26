import {
  listHolds,
  placeHold,
  previewRetention,
  readRetention,
  releaseHold,
  removeRetention,
  setRetention,
} from '@rpa/contracts';
import { route, type RouteDefinition } from '../http/define-route.js';

export const RETENTION_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/organization/retention', command: readRetention }),
  route({ method: 'PUT', path: '/organization/retention', command: setRetention, hidden: ['workflowId'] }),
  route({ method: 'GET', path: '/organization/retention/preview', command: previewRetention }),
  route({
    method: 'PUT',
    path: '/organization/retention/workflows/{workflowId}',
    command: setRetention,
    summary: 'Set how long the executions of one workflow are kept',
  }),
  route({
    method: 'DELETE',
    path: '/organization/retention/workflows/{workflowId}',
    command: removeRetention,
    status: 204,
  }),
  route({ method: 'GET', path: '/organization/legal-holds', command: listHolds }),
  route({
    method: 'POST',
    path: '/organization/legal-holds',
    command: placeHold,
    status: 201,
    location: ({ id }) => `/organization/legal-holds/${id}`,
  }),
  route({ method: 'DELETE', path: '/organization/legal-holds/{id}', command: releaseHold, status: 204 }),
];
