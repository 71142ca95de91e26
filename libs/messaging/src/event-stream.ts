import { EVENTS_CONSUMER, EVENTS_STREAM, EVENTS_SUBJECT } from '@rpa/contracts';
import {
  AckPolicy,
  DiscardPolicy,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type ConsumerMessages,
  type JsMsg,
} from '@nats-io/jetstream';
import type { Bus } from './bus.js';

/** Most bytes of events that wait for triggers; when full, publishers get an error instead of losing old ones. */
const MAX_BYTES = 1024 * 1024 * 1024;

/** Creates the stream that keeps the events of other systems, and the consumer by which triggers reads it. Idempotent. */
export async function ensureEventStream(bus: Bus): Promise<void> {
  const manager = await jetstreamManager(bus.connection, { checkAPI: false });
  const config = {
    subjects: [EVENTS_SUBJECT],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_bytes: MAX_BYTES,
    max_msg_size: 256 * 1024,
    // The smallest that there is. The server knows message ids by stream, not by publisher: with a longer one, one
    // organization's id would swallow another's event. Repeats are recognised in PostgreSQL, by organization, for 72 h.
    duplicate_window: 100_000_000,
    deny_delete: true,
    deny_purge: true,
    allow_rollup_hdrs: false,
  };
  try {
    await manager.streams.add({ name: EVENTS_STREAM, ...config });
  } catch {
    await manager.streams.update(EVENTS_STREAM, {
      subjects: config.subjects,
      max_bytes: config.max_bytes,
      duplicate_window: config.duplicate_window,
    });
  }
  await manager.consumers.add(EVENTS_STREAM, {
    durable_name: EVENTS_CONSUMER,
    ack_policy: AckPolicy.Explicit,
    // Committing takes milliseconds; what a dead replica held is soon handed to another. A repeat is recognised.
    ack_wait: 5_000_000_000,
    max_ack_pending: 500,
    max_deliver: -1,
  });
}

/** How far triggers has come: every event up to `ackFloor` is taken in, `pending` more wait. */
export async function readEventProgress(bus: Bus): Promise<{ ackFloor: number; pending: number }> {
  const manager = await jetstreamManager(bus.connection, { checkAPI: false });
  const {
    ack_floor: floor,
    num_pending: waiting,
    num_ack_pending: handedOut,
  } = await manager.consumers.info(EVENTS_STREAM, EVENTS_CONSUMER);
  return { ackFloor: floor.stream_seq, pending: waiting + handedOut };
}

/**
 * Reads events until stopped; the handler acknowledges each after it has committed it. Ends (`closed()`) when the stream
 * or its consumer is gone, which is time to call {@link ensureEventStream} again.
 */
export async function consumeEvents(bus: Bus, handler: (msg: JsMsg) => void): Promise<ConsumerMessages> {
  const consumer = await jetstream(bus.connection).consumers.get(EVENTS_STREAM, EVENTS_CONSUMER);
  return consumer.consume({ max_messages: 200, abort_on_missing_resource: true, callback: handler });
}
