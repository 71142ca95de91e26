import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Logger } from '@rpa/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../gateway.config.js';
import { BODY_LIMIT } from './mount-routes.js';
import { requestIdOf } from './request-state.js';
import { refuseConnection, sendProblem } from './send-problem.js';

const HEADERS_TIMEOUT_MS = 10_000;

/** The HTTP server, before anything is mounted on it. */
export function createServer(config: GatewayConfig, logger: () => Logger): FastifyAdapter {
  const { requestTimeoutMs } = config;
  return new FastifyAdapter({
    logger: false,
    skipMiddie: true,
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: requestTimeoutMs,
    http: {
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
      connectionsCheckingInterval: Math.min(5_000, requestTimeoutMs),
    },
    genReqId: requestIdOf,
    clientErrorHandler: (error: Error, socket: Socket) => refuseConnection(error, socket),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(error, request, reply, logger()),
    // No pattern looks at a parameter, so a long one costs nothing; it is a malformed id like any other.
    routerOptions: { maxParamLength: 16_384 },
  });
}
