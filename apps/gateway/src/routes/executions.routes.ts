import {
  AppError,
  cancelExecution,
  decideStep,
  getExecution,
  listExecutions,
  listSteps,
  pauseExecution,
  readJournal,
  readLogs,
  followJournal,
  resumeExecution,
  signalExecution,
  type ListExecutionsRequest,
} from '@rpa/contracts';
import { EXECUTION_COLUMNS } from '../exports/columns.js';
import { CSV_DOWNLOAD, downloadCsv, downloadJson, JSON_DOWNLOAD } from '../exports/download.js';
import { route, type RouteDefinition, type RouteInput } from '../http/define-route.js';

const EXPORT_PAGE = 200;

export const EXECUTION_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/executions', command: listExecutions }),
  route({
    method: 'GET',
    path: '/executions/export.csv',
    command: listExecutions,
    summary: 'Every execution that the filters leave, as CSV',
    request: ({ query }) => exportOf(query),
    hidden: ['limit', 'cursor'],
    answer: (first, again) => downloadCsv('executions', EXECUTION_COLUMNS, first, (cursor) => again({ cursor })),
    answers: { 200: CSV_DOWNLOAD },
  }),
  route({
    method: 'GET',
    path: '/executions/export.json',
    command: listExecutions,
    summary: 'Every execution that the filters leave, as one JSON array',
    request: ({ query }) => exportOf(query),
    hidden: ['limit', 'cursor'],
    answer: (first, again) => downloadJson('executions', first, (cursor) => again({ cursor })),
    answers: { 200: JSON_DOWNLOAD },
  }),
  route({ method: 'GET', path: '/executions/{id}', command: getExecution }),
  route({ method: 'GET', path: '/executions/{id}/steps', command: listSteps }),
  route({ method: 'GET', path: '/executions/{id}/journal', command: readJournal }),
  route({ method: 'GET', path: '/executions/{id}/logs', command: readLogs }),
  route({
    method: 'GET',
    path: '/executions/{id}/stream',
    command: followJournal,
    summary: 'Follow the journal of an execution as server-sent events',
    streams: 'execution',
    hidden: ['after', 'limit'],
    query: { lastEventId: { type: 'integer', description: 'Like the header Last-Event-ID, for the first connection' } },
    request: (input) => ({ id: input.params['id'] ?? '', after: lastEventOf(input) }),
    answers: {
      200: {
        description: 'Each journal entry as an event whose id is its seq, until the execution has ended',
        reply: { schema: { type: 'string' } },
        mediaTypes: ['text/event-stream'],
      },
      204: { description: 'The execution has ended and everything was seen', reply: { schema: {} }, mediaTypes: [] },
    },
  }),
  route({ method: 'POST', path: '/executions/{id}/cancel', command: cancelExecution, status: 202 }),
  route({ method: 'POST', path: '/executions/{id}/pause', command: pauseExecution, status: 202 }),
  route({ method: 'POST', path: '/executions/{id}/resume', command: resumeExecution, status: 202 }),
  route({ method: 'POST', path: '/executions/{id}/signals/{name}', command: signalExecution, status: 202 }),
  route({ method: 'POST', path: '/executions/{id}/steps/{path}/decide', command: decideStep, status: 202 }),
];

/** The filters as they came: executions checks them. */
function exportOf({ version, test, ...query }: RouteInput['query']): ListExecutionsRequest {
  return {
    ...query,
    ...(version !== undefined && { version: Number(version) }),
    ...(test !== undefined && { test: test === 'true' }),
    limit: EXPORT_PAGE,
  } as ListExecutionsRequest;
}

/** A browser that comes again says by itself what it has seen last. */
function lastEventOf({ headers, query }: RouteInput): number {
  const given = String(headers['last-event-id'] ?? query['lastEventId'] ?? '0');
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw new AppError('validation_failed', 'Last-Event-ID must be the seq of a journal entry.', {
    errors: [{ path: 'Last-Event-ID', code: 'seq', message: 'must be the id of the last event that was seen' }],
  });
}
