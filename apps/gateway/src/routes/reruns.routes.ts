import {
  cancelExecutions,
  getBulkOperation,
  previewRerun,
  previewRetry,
  rerunExecution,
  retryExecution,
  retryExecutions,
  type RerunExecutionRequest,
} from '@rpa/contracts';
import { route, type RouteDefinition, type RouteInput } from '../http/define-route.js';

const newExecution = (reply: { id: string }): string => `/executions/${reply.id}`;
const progress = (reply: { id: string }): string => `/executions/bulk/${reply.id}`;

/** Executions once more, one by one or many at once, and many cancelled at once. */
export const RERUN_ROUTES: readonly RouteDefinition[] = [
  route({
    method: 'POST',
    path: '/executions/bulk/cancel',
    command: cancelExecutions,
    status: 202,
    location: progress,
  }),
  route({ method: 'POST', path: '/executions/bulk/retry', command: retryExecutions, status: 202, location: progress }),
  route({ method: 'GET', path: '/executions/bulk/{id}', command: getBulkOperation }),
  route({
    method: 'POST',
    path: '/executions/{id}/retry',
    command: retryExecution,
    status: 202,
    location: newExecution,
  }),
  route({
    method: 'POST',
    path: '/executions/{id}/rerun',
    command: rerunExecution,
    status: 202,
    location: newExecution,
  }),
  route({
    method: 'GET',
    path: '/executions/{id}/retry/preview',
    command: previewRetry,
    request: fromQuery,
    hidden: ['inputs'],
  }),
  route({
    method: 'GET',
    path: '/executions/{id}/rerun/preview',
    command: previewRerun,
    request: fromQuery,
    hidden: ['inputs'],
  }),
  route({ method: 'POST', path: '/executions/{id}/rerun/preview', command: previewRerun }),
];

/** In a query the number of a version is a text. */
function fromQuery({ params, query }: RouteInput): RerunExecutionRequest {
  const { fromStep, version } = query as { fromStep?: string; version?: string };
  const number = version !== undefined && /^\d{1,9}$/.test(version) ? Number(version) : version;
  return {
    id: params['id'] ?? '',
    ...(fromStep !== undefined && { fromStep }),
    ...(number !== undefined && { version: number as number | 'latest' }),
  };
}
