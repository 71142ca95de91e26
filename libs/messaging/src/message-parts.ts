import { AppError, HEADERS } from '@rpa/contracts';
import { headers as newHeaders, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core';

/** Largest body of one NATS message, in bytes; a larger one travels in parts. */
export const PART_SIZE = 48 * 1024;
/** Largest body in all. */
export const BODY_LIMIT = 8 * 1024 * 1024;
const PARTS_TIMEOUT_MS = 15_000;

/**
 * Bodies over {@link PART_SIZE} travel in parts through an inbox of the *answering* side: its subject arrives as the reply
 * subject of a message, which is the only thing a service may publish to outside of its allow list.
 */
export function splitBody(body: Uint8Array): Uint8Array[] {
  if (body.length > BODY_LIMIT)
    throw new AppError('too_large', `The message has ${body.length} bytes; ${BODY_LIMIT} are allowed.`);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += PART_SIZE) parts.push(body.subarray(at, at + PART_SIZE));
  return parts;
}

export function partsOf(headers: MsgHdrs | undefined): number {
  const parts = Number(headers?.get(HEADERS.parts) || 0);
  return Number.isInteger(parts) && parts > 0 && parts <= BODY_LIMIT / PART_SIZE + 1 ? parts : 0;
}

/** Asking side, large request: announces it, sends the parts, and gets the answer to the last one. */
export async function requestInParts(
  connection: NatsConnection,
  subject: string,
  body: Uint8Array,
  headers: MsgHdrs,
  timeout: number,
): Promise<Msg> {
  const parts = splitBody(body);
  headers.set(HEADERS.parts, String(parts.length));
  const opened = await connection.request(subject, new Uint8Array(), { timeout, headers });
  if (!opened.reply || opened.headers?.get(HEADERS.error)) return opened;
  const last = parts.pop();
  for (const part of parts) connection.publish(opened.reply, part);
  return connection.request(opened.reply, last, { timeout });
}

/** Answering side, large request: opens an inbox, collects the parts and returns the body and the message to answer. */
export async function receiveInParts(
  connection: NatsConnection,
  inbox: string,
  msg: Msg,
  count: number,
): Promise<{ body: Uint8Array; last: Msg }> {
  const subscription = connection.subscribe(inbox, { max: count, timeout: PARTS_TIMEOUT_MS });
  msg.respond(new Uint8Array(), { reply: inbox });
  const parts: Uint8Array[] = [];
  let last: Msg = msg;
  for await (const part of subscription) {
    parts.push(part.data);
    last = part;
  }
  return { body: join(parts), last };
}

/** Answering side, large reply: offers the parts in an inbox for a while. */
export function respondInParts(connection: NatsConnection, inbox: string, msg: Msg, body: Uint8Array): void {
  const parts = splitBody(body);
  const subscription = connection.subscribe(inbox, {
    max: parts.length,
    callback: (error, ask) => {
      if (!error) ask.respond(parts[Number(ask.string())] ?? new Uint8Array());
    },
  });
  setTimeout(() => subscription.unsubscribe(), PARTS_TIMEOUT_MS).unref();
  const headers = newHeaders();
  headers.set(HEADERS.parts, String(parts.length));
  msg.respond(new Uint8Array(), { headers, reply: inbox });
}

/** Asking side, large reply: fetches the parts that the answer offers. */
export async function fetchParts(connection: NatsConnection, inbox: string, count: number): Promise<Uint8Array> {
  const ask = (index: number): Promise<Msg> => connection.request(inbox, String(index), { timeout: PARTS_TIMEOUT_MS });
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
  return join(answers.map((answer) => answer.data));
}

function join(parts: Uint8Array[]): Uint8Array {
  return parts.length === 1 && parts[0] ? parts[0] : new Uint8Array(Buffer.concat(parts));
}
