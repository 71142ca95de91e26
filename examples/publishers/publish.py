#!/usr/bin/env python3
"""The same from Python: `pip install nats-py`, then

    publish.py <nats url> <user> <password> <inbox prefix> <organization slug> [order id] [amount]

Publishes a CloudEvent in binary mode and waits for the receipt of the stream. The same id again starts nothing.
"""
import asyncio
import json
import sys

import nats


async def main(url, user, password, inbox_prefix, slug, order_id="A-2001", amount="120"):
    connection = await nats.connect(
        url, user=user, password=password, inbox_prefix=inbox_prefix.encode(), allow_reconnect=False
    )
    receipt = await connection.jetstream().publish(
        f"events.{slug}.orders.created",
        json.dumps({"orderId": order_id, "amount": float(amount)}).encode(),
        headers={
            "ce-specversion": "1.0",
            "ce-id": order_id,
            "ce-source": "examples/shop",
            "ce-type": "com.example.order.created",
            "content-type": "application/json",
        },
    )
    print(f"kept as number {receipt.seq} of stream {receipt.stream}")
    await connection.close()


if len(sys.argv) < 6:
    sys.exit(__doc__)
asyncio.run(main(*sys.argv[1:]))
