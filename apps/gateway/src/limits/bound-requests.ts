import { AppError } from '@rpa/contracts';
import type { Logger } from '@rpa/platform';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../http/send-problem.js';

/** A busy gateway is not a dead one: whoever looks after it is let in. */
const PROBES = /^\/(health|metrics|api\/health)/;

/**
 * Refuses what comes while so many requests are in work already, at once and with the time to try again: under more load
 * than it can carry the gateway does as much as before, and its memory does not grow.
 */
export function boundRequests(server: FastifyInstance, most: number, logger: Logger): void {
  let inWork = 0;
  server.addHook('onRequest', (request, reply, done) => {
    if (inWork >= most && !PROBES.test(request.url)) {
      const error = new AppError('overloaded', `The gateway works on ${most} requests already.`, { retryAfter: 1 });
      sendProblem(error, request, reply, logger);
      return;
    }
    inWork++;
    reply.raw.once('close', () => inWork--);
    done();
  });
}
