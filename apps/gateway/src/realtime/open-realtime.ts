import type { Server } from 'node:http';
import type { Bus } from '@rpa/messaging';
import type { Identity, Logger } from '@rpa/platform';
import { ChangeFeed } from './change-feed.js';
import { LiveReader } from './live-reader.js';
import { LiveSockets } from './live-sockets.js';
import { Places } from './places.js';
import { Rooms } from './rooms.js';
import type { Caller } from '../access/access-tokens.js';
import { ExecutionStreams } from './stream-execution.js';
import { WatchedJournals } from './watched-journals.js';

export interface RealtimeOptions {
  bus: Bus;
  identity: Identity;
  logger: Logger;
  allowedOrigins: readonly string[];
  /** Streams, and sockets, that an organization may have open at this gateway. */
  perOrganization: number;
  prove: (token: string) => Promise<Caller>;
}

/** Everything that tells clients what happens while it happens. */
export interface Realtime {
  streams: ExecutionStreams;
  /** Takes WebSockets on this server. */
  listen(server: Server): void;
  /** Puts out whose access has ended. */
  recheck(): void;
  stop(): void;
}

export function openRealtime(options: RealtimeOptions): Realtime {
  const { bus, identity, logger, perOrganization } = options;
  const reader = new LiveReader(bus, identity);
  const journals = new WatchedJournals(bus, reader, logger);
  const changes = new ChangeFeed(bus, reader, logger);
  const streams = new ExecutionStreams({ reader, journals }, perOrganization);
  const places = new Places(perOrganization, 'live connections');
  const enter = (organizationId: string): (() => void) => places.take(organizationId);
  const rooms = new Rooms(bus, { reader, journals, changes });
  const sockets = new LiveSockets({ rooms, logger, prove: options.prove, enter }, options.allowedOrigins);
  journals.start();
  changes.start();
  void watchConnection(bus, () => {
    journals.reconnected();
    changes.reconnected();
  }).catch(() => undefined);
  return {
    streams,
    listen: (server) => sockets.listen(server),
    recheck: () => sockets.recheck(),
    stop() {
      streams.stop();
      sockets.stop();
      journals.stop();
      changes.stop();
    },
  };
}

async function watchConnection(bus: Bus, onReconnect: () => void): Promise<void> {
  for await (const status of bus.connection.status()) if (status.type === 'reconnect') onReconnect();
}
