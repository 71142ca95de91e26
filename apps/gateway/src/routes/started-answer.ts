import { ExecutionView, StartExecutionReply } from '@rpa/contracts';
import type { RouteAnswer, RouteDefinition, RouteInput } from '../http/define-route.js';
import { queryDuration } from '../http/query-duration.js';

/** Inputs are journaled, and read again by every expression that names them. */
const INPUTS_BODY = 1024 * 1024;
const MAX_WAIT_MS = 55_000;

/** What all routes have in common that start an execution and may wait for its end. */
export const STARTED = {
  status: 202,
  query: {
    wait: {
      type: 'string',
      description:
        'Wait this long (at most 55s) for the end: 200 with the finished execution, or 202 when time runs out',
      example: '30s',
    },
  },
  answer: startedAnswer,
  answers: {
    200: { description: 'It has ended in the time that was waited', reply: ExecutionView },
    202: { description: 'The start is durable', reply: StartExecutionReply },
  },
  location: (reply: StartExecutionReply) => `/executions/${reply.id}`,
  bodyLimit: INPUTS_BODY,
} as const satisfies Partial<RouteDefinition<never, StartExecutionReply>>;

export function waitOf(input: RouteInput): { waitMs?: number } {
  const waitMs = queryDuration(input, 'wait', MAX_WAIT_MS);
  return waitMs === undefined ? {} : { waitMs };
}

/** 200 with the finished execution, or 202 with the id of one that is accepted or still runs. */
function startedAnswer({ execution, id, status, pendingReason }: StartExecutionReply): RouteAnswer {
  if (execution) return { status: 200, body: execution };
  return { status: 202, body: { id, status, ...(pendingReason && { pendingReason }) } };
}
