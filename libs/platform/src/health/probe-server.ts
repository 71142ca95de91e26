import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '../metrics/metrics.js';
import type { Health } from './health.js';

export interface ProbeServer {
  port: number;
  close(): Promise<void>;
}

/** `/health/live`, `/health/ready` and `/metrics` of one service on its own port; port 0 takes a free one. */
export async function startProbeServer(options: {
  host: string;
  port: number;
  health: Health;
  metrics: Metrics;
}): Promise<ProbeServer> {
  const server = createServer((request, response) => {
    const send = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    const json = (status: number, body: unknown): void => send(status, 'application/json', JSON.stringify(body));
    const path = request.url?.split('?')[0];
    if (path === '/health/live') json(200, { status: 'live' });
    else if (path === '/health/ready')
      void options.health.readiness().then((readiness) => json(readiness.status === 'ready' ? 200 : 503, readiness));
    else if (path === '/metrics')
      options.metrics.registry.metrics().then(
        (body) => send(200, options.metrics.registry.contentType, body),
        (error: unknown) => json(500, { status: 500, title: 'A metric could not be read', detail: String(error) }),
      );
    else json(404, { status: 404, title: 'Not found' });
  });
  await listen(server, options.host, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}
