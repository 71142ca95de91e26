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
} from '@rpa/contracts';
import { route, type RouteDefinition, type RouteInput } from '../http/define-route.js';

export const EXECUTION_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/executions', command: listExecutions }),
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

/** A browser that comes again says by itself what it has seen last. */
function lastEventOf({ headers, query }: RouteInput): number {
  const given = String(headers['last-event-id'] ?? query['lastEventId'] ?? '0');
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw new AppError('validation_failed', 'Last-Event-ID must be the seq of a journal entry.', {
    errors: [{ path: 'Last-Event-ID', code: 'seq', message: 'must be the id of the last event that was seen' }],
  });
}
