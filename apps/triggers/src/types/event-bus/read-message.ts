import type { JsonValue } from '@rpa/contracts';
import { decodeBody, type JsMsg } from '@rpa/messaging';
import type { IncomingEvent } from '../../events/accept-events.js';
import { eventKey, readEvents } from '../../events/read-event.js';

const MAX_HEADERS = 64;
const MAX_HEADER = 8_192;
/** What a publisher may have sent along and nobody else should read. */
const SECRET = new Set(['authorization', 'cookie', 'rpa-principal']);

type Message = Pick<JsMsg, 'subject' | 'headers' | 'data' | 'info'>;

/** The events in one message of the stream (a batch of CloudEvents holds several). */
export function readMessage(msg: Message): IncomingEvent[] {
  const [, slug = '', ...channel] = msg.subject.split('.');
  const place = {
    slug,
    channel: channel.join('.'),
    source: 'event_bus' as const,
    seq: msg.info.streamSequence,
    redelivered: msg.info.deliveryCount > 1,
  };
  const headers = readHeaders(msg);
  const body = readBody(msg.data, headers['content-type']);
  if (body === undefined) return [{ ...place, event: { fault: 'The event is not valid JSON in UTF-8.' } }];
  return readEvents(body, headers).map((event) => ({
    ...place,
    event: event.fault === undefined ? { ...event, eventKey: event.eventKey ?? fallbackKey(msg, headers) } : event,
  }));
}

/** Without an id of its own an event is the same when it is the same message: a redelivery after a crash. */
function fallbackKey(msg: Message, headers: { [name: string]: string }): string {
  const id = headers['nats-msg-id'];
  // With the time of storage: after the stream was lost its numbers begin again.
  return id ? eventKey('msg', [id]) : eventKey('seq', [`${msg.info.streamSequence}@${msg.info.timestampNanos}`]);
}

function readHeaders(msg: Message): { [name: string]: string } {
  const headers: { [name: string]: string } = {};
  for (const [name, values] of [...(msg.headers ?? [])].slice(0, MAX_HEADERS)) {
    const lower = name.toLowerCase();
    if (!SECRET.has(lower)) headers[lower] = values.join(', ').slice(0, MAX_HEADER);
  }
  return headers;
}

function readBody(data: Uint8Array, contentType: string | undefined): JsonValue | undefined {
  try {
    if (contentType && /^text\//i.test(contentType)) return new TextDecoder('utf-8', { fatal: true }).decode(data);
    return data.length === 0 ? null : (decodeBody(data) as JsonValue);
  } catch {
    return undefined;
  }
}
