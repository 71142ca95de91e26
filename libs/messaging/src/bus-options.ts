import type { ServiceName } from '@rpa/contracts';

export interface BusOptions {
  /** Whose NATS user this is; names the connection and the inboxes. */
  service: ServiceName;
  /** One or more `nats://host:port`. */
  servers: string[];
  user: string;
  password: string;
  /** Messages handled at once before the next is refused with `overloaded`. */
  maxInFlight?: number;
  /** How long the first connection is tried, in milliseconds; 0: for ever. */
  connectTimeoutMs?: number;
  onStatus?: (status: BusStatus) => void;
  /** Told what went wrong where no caller can be told: a subject that the server refuses, a subscriber that threw. */
  onError?: (error: unknown) => void;
}

export type BusStatus = { connected: true } | { connected: false; reason: string };
