import { AppError, ID_PATTERN } from '@rpa/contracts';
import { readJson } from '../http/read-json.js';

export type Room =
  | { name: string; kind: 'execution'; id: string }
  | { name: string; kind: 'workflow'; id: string }
  | { name: string; kind: 'organization' };

export type ClientMessage =
  | { type: 'authenticate'; token: string }
  | { type: 'subscribe'; room: Room; after?: number; since?: string }
  | { type: 'unsubscribe'; room: Room }
  | { type: 'ping' };

/** Reads what a client sent. @throws `bad_request`, `validation_failed` */
export function readClientMessage(text: string): ClientMessage {
  const body = readJson(text) as Record<string, unknown> | null;
  if (typeof body !== 'object' || body === null) throw fault('type', 'must be an object with a type');
  const { type, token, after, since } = body;
  if (type === 'ping') return { type };
  if (type === 'authenticate') {
    if (typeof token !== 'string' || token.length > 8_192) throw fault('token', 'must be an access token');
    return { type, token };
  }
  if (type === 'unsubscribe') return { type, room: readRoom(body['room']) };
  if (type !== 'subscribe') throw fault('type', 'must be authenticate, subscribe, unsubscribe or ping');
  if (after !== undefined && !(Number.isInteger(after) && Number(after) >= 0 && Number(after) < 2 ** 31 - 1))
    throw fault('after', 'must be the seq of a journal entry, or 0');
  if (since !== undefined && (typeof since !== 'string' || Number.isNaN(Date.parse(since)) || since.length > 40))
    throw fault('since', 'must be a time such as 2026-01-31T12:00:00Z');
  return {
    type,
    room: readRoom(body['room']),
    ...(after !== undefined && { after: Number(after) }),
    ...(since !== undefined && { since: new Date(since as string).toISOString() }),
  };
}

function readRoom(name: unknown): Room {
  if (name === 'organization') return { name, kind: 'organization' };
  const [, kind, id] = /^(execution|workflow)\.(.+)$/.exec(String(name)) ?? [];
  if (!kind || !id) throw fault('room', 'must be execution.<id>, workflow.<id> or organization');
  if (!ID_PATTERN.test(id)) throw new AppError('not_found');
  return { name: String(name), kind: kind as 'execution' | 'workflow', id };
}

function fault(path: string, message: string): AppError {
  return new AppError('validation_failed', `'${path}' ${message}.`, { errors: [{ path, code: 'message', message }] });
}
