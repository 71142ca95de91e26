import { AppError, HEADERS } from '@rpa/contracts';
import { headers as newHeaders, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core';

/** Largest body of one NATS message, in bytes; a larger one travels in parts. */
export const PART_SIZE = 48 * 1024;
/** Largest body in all. */
export const BODY_LIMIT = 8 * 1024 * 1024;
/** How long either side waits for the next part. */
const PART_TIMEOUT_MS = 5_000;
const MAX_PARTS = Math.ceil(BODY_LIMIT / PART_SIZE);

/**
 * Bodies over {@link PART_SIZE} travel in parts through an inbox of the *answering* side, one at a time: each message
 * carries the subject of the next part as its reply subject, which is the only thing that a service may publish to outside
 * of its allow list, and only once.
 */
export function splitBody(body: Uint8Array): Uint8Array[] {
  if (body.length > BODY_LIMIT)
    throw new AppError('too_large', `The message has ${body.length} bytes; ${BODY_LIMIT} are allowed.`);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += PART_SIZE) parts.push(body.subarray(at, at + PART_SIZE));
  return parts;
}

/** How many parts a message announces; 0: the body is in the message. */
export function partsOf(headers: MsgHdrs | undefined): number {
  const announced = headers?.get(HEADERS.parts);
  if (!announced) return 0;
  const parts = Number(announced);
  if (!Number.isInteger(parts) || parts < 1 || parts > MAX_PARTS)
    throw new AppError('bad_request', `The header ${HEADERS.parts} must be a whole number from 1 to ${MAX_PARTS}.`);
  return parts;
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
  let answer = await connection.request(subject, new Uint8Array(), { timeout, headers });
  for (const [index, part] of parts.entries()) {
    if (!answer.reply || answer.headers?.get(HEADERS.error)) return answer;
    const last = index === parts.length - 1;
    answer = await connection.request(answer.reply, part, { timeout: last ? timeout : PART_TIMEOUT_MS });
  }
  return answer;
}

/**
 * Answering side, large request: opens an inbox, collects the parts and returns the body. A sender that stops half-way, or
 * sends what is no part, ends it with an error. `waiting` always names the one message that still has to be answered.
 */
export async function receiveInParts(
  connection: NatsConnection,
  inbox: string,
  count: number,
  waiting: { msg: Msg | null },
): Promise<Uint8Array> {
  const arrivals = openInbox(connection, inbox);
  try {
    const parts: Uint8Array[] = [];
    for (let index = 0; index < count; index++) {
      waiting.msg?.respond(new Uint8Array(), { reply: `${inbox}.${index}` });
      waiting.msg = null;
      const { data } = (waiting.msg = await arrivals.next(index));
      if (data.length > PART_SIZE || data.length === 0)
        throw new AppError('bad_request', `Part ${index} has ${data.length} bytes; 1 to ${PART_SIZE} are allowed.`);
      parts.push(data);
    }
    return join(parts);
  } finally {
    arrivals.close();
  }
}

/** Answering side, large reply: hands out the parts; settles when the last one was fetched or nobody asked for a while. */
export async function respondInParts(
  connection: NatsConnection,
  inbox: string,
  msg: Msg,
  body: Uint8Array,
): Promise<void> {
  const parts = splitBody(body);
  const arrivals = openInbox(connection, inbox);
  try {
    const headers = newHeaders();
    headers.set(HEADERS.parts, String(parts.length));
    msg.respond(new Uint8Array(), { headers, reply: `${inbox}.0` });
    for (const [index, part] of parts.entries()) {
      const ask = await arrivals.next(index);
      if (index === parts.length - 1) ask.respond(part);
      else ask.respond(part, { reply: `${inbox}.${index + 1}` });
    }
  } finally {
    arrivals.close();
  }
}

/** Asking side, large reply: fetches the parts that the answer offers. */
export async function fetchParts(connection: NatsConnection, inbox: string, count: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let next: string | undefined = inbox;
  for (let index = 0; index < count; index++) {
    if (!next) throw new AppError('unavailable', `The answer ended after ${index} of ${count} parts.`);
    const answer: Msg = await connection.request(next, new Uint8Array(), { timeout: PART_TIMEOUT_MS });
    if (answer.data.length > PART_SIZE) throw new AppError('unavailable', 'The answer has a part that is too large.');
    parts.push(answer.data);
    next = answer.reply;
  }
  return join(parts);
}

interface Arrivals {
  /** The message to `<inbox>.<index>`; throws when it does not come in time. */
  next(index: number): Promise<Msg>;
  close(): void;
}

/** Hears `<inbox>.*`; what nobody waits for is dropped, so that nothing piles up. */
function openInbox(connection: NatsConnection, inbox: string): Arrivals {
  let expected = '';
  let arrived: (msg: Msg) => void = () => undefined;
  const subscription = connection.subscribe(`${inbox}.*`, {
    callback: (error, msg) => {
      if (!error && msg.subject === expected) arrived(msg);
    },
  });
  return {
    next: (index) =>
      new Promise<Msg>((resolve, reject) => {
        const late = new AppError('timeout', `Part ${index} of a message did not come within ${PART_TIMEOUT_MS} ms.`);
        const timer = setTimeout(() => reject(late), PART_TIMEOUT_MS);
        expected = `${inbox}.${index}`;
        arrived = (msg) => {
          clearTimeout(timer);
          resolve(msg);
        };
      }),
    close: () => subscription.unsubscribe(),
  };
}

function join(parts: Uint8Array[]): Uint8Array {
  return parts.length === 1 && parts[0] ? parts[0] : new Uint8Array(Buffer.concat(parts));
}
