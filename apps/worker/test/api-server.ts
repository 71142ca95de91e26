import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface ApiAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  delayMs?: number;
}

/** A local HTTP API: remembers what it was asked and answers as it is told. */
export interface ApiServer {
  origin: string;
  host: string;
  seen: SeenRequest[];
  answerWith(answer: (request: SeenRequest) => ApiAnswer): void;
  close(): Promise<void>;
}

export async function startApiServer(): Promise<ApiServer> {
  const seen: SeenRequest[] = [];
  let answer: (request: SeenRequest) => ApiAnswer = () => ({});
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const told = { method, url, headers, body: Buffer.concat(chunks).toString() };
      seen.push(told);
      const { status = 200, headers: more = {}, body = '', delayMs = 0 } = answer(told);
      setTimeout(() => response.writeHead(status, more).end(body), delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${host}`,
    host,
    seen,
    answerWith: (next) => {
      answer = next;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
