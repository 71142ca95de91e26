import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Counts everybody who connects to this machine, by whatever address. */
export interface Tripwire {
  port: number;
  touched(): number;
  close(): Promise<void>;
}

export async function startTripwire(): Promise<Tripwire> {
  let touched = 0;
  const open = new Set<Socket>();
  const count = (socket: Socket): void => {
    touched++;
    open.add(socket);
    socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\ncaught');
  };
  const server = createServer(count);
  await listen(server, '::');
  return {
    port: (server.address() as AddressInfo).port,
    touched: () => touched,
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host, ipv6Only: false }, resolve);
  });
}
