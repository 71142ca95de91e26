#!/usr/bin/env node
/**
 * Publishes one order as a CloudEvent and waits for the receipt of the stream.
 *
 *   node examples/publishers/publish.mjs <nats url> <user> <password> <inbox prefix> <organization slug> [order id] [amount]
 *
 * The first four come from POST /api/v1/event-publishers. The same id published again starts nothing.
 */
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

const [servers, user, pass, inboxPrefix, slug, orderId = 'A-2001', amount = '120'] = process.argv.slice(2);
if (!slug) {
  console.error(
    'Usage: publish.mjs <nats url> <user> <password> <inbox prefix> <organization slug> [order id] [amount]',
  );
  process.exit(2);
}

const connection = await connect({ servers, user, pass, inboxPrefix });
const event = {
  specversion: '1.0',
  id: orderId,
  source: 'examples/shop',
  type: 'com.example.order.created',
  datacontenttype: 'application/json',
  data: { orderId, amount: Number(amount) },
};
const receipt = await jetstream(connection, { checkAPI: false }).publish(
  `events.${slug}.orders.created`,
  JSON.stringify(event),
);
console.log(`kept as number ${receipt.seq} of stream ${receipt.stream}${receipt.duplicate ? ' (a repeat)' : ''}`);
await connection.close();
