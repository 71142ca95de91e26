import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface LiveMessage {
  type: string;
  [field: string]: unknown;
}

/** A WebSocket client that keeps what it gets. */
export class LiveClient {
  readonly messages: LiveMessage[] = [];
  closed: { code: number; reason: string } | null = null;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.messages.push(JSON.parse(String(data))));
    socket.on('close', (code, reason) => (this.closed = { code, reason: String(reason) }));
    socket.on('error', () => undefined);
  }

  /** Connects with the token as a sub-protocol, or without any. */
  static async open(url: string, token?: string, headers: Record<string, string> = {}): Promise<LiveClient> {
    const protocols = token ? ['rpa.v1', `bearer.${token}`] : [];
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/ws`, protocols, { headers });
    const client = new LiveClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Status with which the server refuses the connection. */
  static async refusal(url: string, headers: Record<string, string> = {}): Promise<number> {
    const socket = new WebSocket(url, { headers });
    socket.on('error', () => undefined);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    return response.statusCode;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  of(type: string): LiveMessage[] {
    return this.messages.filter((message) => message.type === type);
  }

  events(room: string): LiveMessage[] {
    return this.of('event').filter((message) => message['room'] === room);
  }

  close(): void {
    this.socket.terminate();
  }
}
