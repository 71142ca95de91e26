import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const ORDERS = [
  { id: 'A-1001', customer: 'Ada', items: [{ sku: 'lamp', price: 39.9, quantity: 2 }] },
  {
    id: 'A-1002',
    customer: 'Grace',
    items: [
      { sku: 'desk', price: 249, quantity: 1 },
      { sku: 'lamp', price: 39.9, quantity: 1 },
    ],
  },
  { id: 'A-1003', customer: 'Alan', items: [{ sku: 'chair', price: 119.5, quantity: 4 }] },
];

export interface OrderServer {
  /** `host:port`, also the hole in the egress guard that the demo needs. */
  address: string;
  url: string;
  close(): Promise<void>;
}

/**
 * The shop that the examples talk to: `GET /orders`, `GET /orders/<id>`, `GET /broken` (always 503). On the loopback
 * interface only.
 */
export async function startOrderServer(port: number): Promise<OrderServer> {
  const server = createServer((request, response) => {
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const path = request.url?.split('?')[0] ?? '/';
    const order = ORDERS.find((candidate) => path === `/orders/${candidate.id}`);
    if (path === '/orders') json(200, { orders: ORDERS });
    else if (order) json(200, order);
    else if (path === '/broken') json(503, { error: 'the warehouse is closed' });
    else json(404, { error: `there is no ${path} here` });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    url: `http://${address}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
