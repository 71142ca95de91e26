#!/bin/sh
# The same with the nats CLI (https://github.com/nats-io/natscli): plain JSON, deduplicated by Nats-Msg-Id. The id starts
# with the organization: two organizations that publish the same id within 100 ms would lose one of the events.
#
#   NATS_URL=... NATS_USER=... NATS_PASSWORD=... INBOX_PREFIX=... SLUG=... ./publish-with-nats-cli.sh [order id] [amount]
set -eu
order=${1:-A-2001}
amount=${2:-120}
nats --server "$NATS_URL" --inbox-prefix "$INBOX_PREFIX" request \
  "events.$SLUG.orders.created" "{\"orderId\":\"$order\",\"amount\":$amount}" \
  --header "Nats-Msg-Id:$SLUG-$order"
