import { inboxPrefix } from '@rpa/contracts';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/nats-core';
import { Bus } from './bus.js';
import type { BusOptions } from './bus-options.js';

/**
 * Connects one service to NATS and keeps it connected: reconnects for ever with jitter, and tells `onStatus` about every
 * change. Fails when the first connection does not come up within `connectTimeoutMs`.
 */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const started = Date.now();
  const limit = options.connectTimeoutMs ?? 30_000;
  for (;;) {
    try {
      return new Bus(await open(options), options);
    } catch (error) {
      if (limit > 0 && Date.now() - started > limit) throw error;
      options.onStatus?.({ connected: false, reason: error instanceof Error ? error.message : String(error) });
      await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 300));
    }
  }
}

function open(options: BusOptions): Promise<NatsConnection> {
  return connect({
    servers: options.servers,
    user: options.user,
    pass: options.password,
    name: options.service,
    inboxPrefix: inboxPrefix(options.service),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    reconnectJitter: 300,
    pingInterval: 5_000,
    maxPingOut: 2,
    timeout: 5_000,
    ignoreAuthErrorAbort: true,
    // A stack trace per request costs more than the request.
    noAsyncTraces: true,
  });
}
