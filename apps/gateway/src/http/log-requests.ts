import type { Logger, Metrics } from '@rpa/platform';
import type { FastifyInstance } from 'fastify';

/** One line and one measurement a request, by route: the path itself may hold a secret. */
export function logRequests(server: FastifyInstance, logger: Logger, metrics: Metrics): void {
  const durations = metrics.histogram(
    'rpa_http_request_duration_seconds',
    'Time to answer an HTTP request',
    ['method', 'route', 'status'],
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
  );
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const durationMs = Math.round(reply.elapsedTime * 100) / 100;
    const { method } = request;
    durations.observe({ method, route, status: String(reply.statusCode) }, durationMs / 1_000);
    const { traceId, principal } = request.state ?? {};
    logger.info(
      {
        method,
        route,
        status: reply.statusCode,
        durationMs,
        requestId: request.id,
        traceId,
        address: request.ip,
        ...(principal && { organizationId: principal.organizationId, userId: principal.userId }),
      },
      'HTTP request',
    );
    done();
  });
}
