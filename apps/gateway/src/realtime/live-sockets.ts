import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { CLOSE, LiveSocket, type SocketParts } from './live-socket.js';

export const SOCKET_PATH = '/api/v1/ws';
const PROTOCOL = 'rpa.v1';
const BEARER = /^bearer\.([\w-]+\.[\w-]+\.[\w-]+)$/;
const MAX_MESSAGE_BYTES = 16 * 1024;
/** Connections that have not said who they are yet, of all clients together. */
const MAX_SOCKETS = 10_000;

/** The WebSocket door: who may come in from where, and everybody who is in. */
export class LiveSockets {
  private readonly sockets = new Set<LiveSocket>();
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : ([...offered][0] ?? false)),
  });

  constructor(
    private readonly parts: SocketParts,
    private readonly allowedOrigins: readonly string[],
  ) {}

  listen(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      const refusal = this.refusalOf(request);
      if (refusal) return void socket.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      this.server.handleUpgrade(request, socket, head, (client) => {
        const live = new LiveSocket(client, this.parts, tokenOf(request));
        this.sockets.add(live);
        client.once('close', () => this.sockets.delete(live));
      });
    });
  }

  recheck(): void {
    for (const live of this.sockets) live.recheck();
  }

  /** Everybody goes elsewhere. */
  stop(): void {
    for (const live of this.sockets) live.end(CLOSE.goingAway, 'going_away', 'The server is stopping; connect again.');
    this.server.close();
  }

  private refusalOf(request: IncomingMessage): string | null {
    const { pathname, search } = new URL(request.url ?? '/', 'http://gateway');
    if (pathname !== SOCKET_PATH) return '404 Not Found';
    // A token in the address would stand in logs.
    if (search !== '') return '400 Bad Request';
    if (!this.isWelcome(request)) return '403 Forbidden';
    return this.sockets.size >= MAX_SOCKETS ? '503 Service Unavailable' : null;
  }

  /** A page of another origin gets in only where it is allowed to call the API; what is no browser sends no origin. */
  private isWelcome({ headers }: IncomingMessage): boolean {
    const { origin, host } = headers;
    if (origin === undefined) return true;
    if (this.allowedOrigins.includes(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === host;
  }
}

function tokenOf(request: IncomingMessage): string | null {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((text) => text.trim());
  for (const protocol of offered) {
    const token = BEARER.exec(protocol)?.[1];
    if (token) return token;
  }
  return null;
}
