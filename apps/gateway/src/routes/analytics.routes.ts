import {
  listSlaBreaches,
  listSlaTargets,
  readOverview,
  readPerformance,
  readStepCosts,
  readTimeline,
  removeSlaTarget,
  setSlaTarget,
} from '@rpa/contracts';
import { PERFORMANCE_COLUMNS, STEP_COLUMNS, TIMELINE_COLUMNS } from '../exports/columns.js';
import { CSV_DOWNLOAD, downloadCsv, downloadJson, JSON_DOWNLOAD } from '../exports/download.js';
import { route, type RouteDefinition } from '../http/define-route.js';

const PAGE = 200;
const none = (): Promise<never> => Promise.reject(new Error('There is one page only.'));
const whole = <Row>(data: readonly Row[]) => ({ data, nextCursor: null });

export const ANALYTICS_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/analytics/overview', command: readOverview }),
  route({ method: 'GET', path: '/analytics/executions/timeline', command: readTimeline }),
  route({
    method: 'GET',
    path: '/analytics/executions/timeline.csv',
    command: readTimeline,
    summary: 'The timeline as CSV',
    answer: ({ data }) => downloadCsv('timeline', TIMELINE_COLUMNS, whole(data), none),
    answers: { 200: CSV_DOWNLOAD },
  }),
  route({ method: 'GET', path: '/analytics/workflows/performance', command: readPerformance }),
  route({
    method: 'GET',
    path: '/analytics/workflows/performance.csv',
    command: readPerformance,
    summary: 'How each workflow did, as CSV',
    request: ({ query }) => ({ ...query, limit: PAGE }),
    hidden: ['limit', 'cursor'],
    answer: (first, again) => downloadCsv('workflows', PERFORMANCE_COLUMNS, first, (cursor) => again({ cursor })),
    answers: { 200: CSV_DOWNLOAD },
  }),
  route({
    method: 'GET',
    path: '/analytics/workflows/performance.json',
    command: readPerformance,
    summary: 'How each workflow did, as one JSON array',
    request: ({ query }) => ({ ...query, limit: PAGE }),
    hidden: ['limit', 'cursor'],
    answer: (first, again) => downloadJson('workflows', first, (cursor) => again({ cursor })),
    answers: { 200: JSON_DOWNLOAD },
  }),
  route({ method: 'GET', path: '/analytics/sla', command: listSlaTargets }),
  route({ method: 'GET', path: '/analytics/sla/breaches', command: listSlaBreaches }),
  route({ method: 'PUT', path: '/analytics/sla/{workflowId}', command: setSlaTarget }),
  route({ method: 'DELETE', path: '/analytics/sla/{workflowId}', command: removeSlaTarget, status: 204 }),
  route({ method: 'GET', path: '/analytics/workflows/{workflowId}/steps', command: readStepCosts }),
  route({
    method: 'GET',
    path: '/analytics/workflows/{workflowId}/steps.csv',
    command: readStepCosts,
    summary: 'What the steps of a workflow took, as CSV',
    answer: ({ data }) => downloadCsv('steps', STEP_COLUMNS, whole(data), none),
    answers: { 200: CSV_DOWNLOAD },
  }),
];
