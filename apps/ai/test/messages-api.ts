import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

interface MessagesRequest {
  model: string;
  max_tokens: number;
  system?: string;
  temperature?: number;
  messages: { role: string; content: string }[];
}

export interface SeenCall {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: MessagesRequest;
}

export interface ApiFailure {
  status: number;
  type: string;
  message: string;
  headers?: Record<string, string>;
}

/**
 * A local server that speaks the wire format of the Messages API: checks what it is sent as the real one does, answers
 * with the prompt's length as usage, or fails as it is told.
 */
export interface MessagesApi {
  origin: string;
  key: string;
  seen: SeenCall[];
  /** Answers of the next calls; afterwards it answers well. */
  failures: ApiFailure[];
  answer: string;
  delayMs: number;
  close(): Promise<void>;
}

const WITH_TEMPERATURE = '2023-06-01';

export async function startMessagesApi(): Promise<MessagesApi> {
  const api: Omit<MessagesApi, 'origin' | 'close'> = {
    key: 'sk-ant-test-0123456789',
    seen: [],
    failures: [],
    answer: 'Sofia',
    delayMs: 0,
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as MessagesRequest;
      const call = { method, path, headers, body };
      api.seen.push(call);
      const failure = refusalOf(call, api.key) ?? api.failures.shift();
      const send = (): void => {
        if (failure) {
          const { type, message } = failure;
          const json = JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_1' });
          response.writeHead(failure.status, { 'content-type': 'application/json', ...failure.headers }).end(json);
        } else
          response
            .writeHead(200, { 'content-type': 'application/json' })
            .end(JSON.stringify(answerTo(body, api.answer)));
      };
      setTimeout(send, api.delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(api, {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: (): Promise<void> => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  });
}

function refusalOf({ method, path, headers, body }: SeenCall, key: string): ApiFailure | undefined {
  const refuse = (status: number, type: string, message: string): ApiFailure => ({ status, type, message });
  if (method !== 'POST' || path !== '/v1/messages') return refuse(404, 'not_found_error', 'Not found');
  if (headers['x-api-key'] !== key)
    return refuse(401, 'authentication_error', `invalid x-api-key ${headers['x-api-key']}`);
  const version = headers['anthropic-version'];
  if (typeof version !== 'string') return refuse(400, 'invalid_request_error', 'anthropic-version: header is required');
  if (!(body.max_tokens > 0)) return refuse(400, 'invalid_request_error', 'max_tokens: Field required');
  if (body.messages?.[0]?.role !== 'user') return refuse(400, 'invalid_request_error', 'messages: Field required');
  if (body.temperature !== undefined && version !== WITH_TEMPERATURE)
    return refuse(400, 'invalid_request_error', 'temperature: Extra inputs are not permitted');
  if (!body.model.startsWith('claude-')) return refuse(404, 'not_found_error', `model: ${body.model}`);
  return undefined;
}

function answerTo(body: MessagesRequest, text: string): object {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: body.model,
    content: [
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'text', text: text.slice(0, 2), citations: null },
      { type: 'text', text: text.slice(2), citations: null },
    ],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: body.messages[0]?.content.length ?? 0, output_tokens: text.length },
  };
}
