import { once } from 'node:events';
import { connect } from 'node:net';
import { Client } from 'pg';

const CONNECT_WITHIN_MS = 5_000;

/** A server that somebody else runs cannot be used: `message` says why, `hint` what to do. */
export class GivenServerError extends Error {
  override readonly name = 'GivenServerError';

  constructor(
    message: string,
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** `DATABASE_URL` as it is, once that server has let us in: better one clear sentence now than nine services that fail. */
export async function givenDatabase(url: string): Promise<string> {
  try {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS });
    await client.connect();
    await client.end();
    return url;
  } catch (error) {
    throw new GivenServerError(
      `The PostgreSQL of DATABASE_URL cannot be used: ${reasonOf(error)}.`,
      'Start it or correct DATABASE_URL; without DATABASE_URL an embedded PostgreSQL is started.',
      { cause: error },
    );
  }
}

const NATS_PORT = 4222;

/** `NATS_URL` as it is (one server or several, comma separated), once one of them listens. */
export async function givenNats(urls: string): Promise<string> {
  const failures: unknown[] = [];
  for (const url of urls.split(','))
    try {
      await listens(url.trim());
      return urls;
    } catch (error) {
      failures.push(error);
    }
  throw new GivenServerError(
    `The NATS server of NATS_URL cannot be used: ${failures.map(reasonOf).join('; ')}.`,
    'Start it or correct NATS_URL; without NATS_URL an embedded NATS server is started.',
    { cause: failures[0] },
  );
}

async function listens(url: string): Promise<void> {
  const { hostname, port } = new URL(url.includes('://') ? url : `nats://${url}`);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || NATS_PORT });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_WITHIN_MS) });
  } finally {
    socket.destroy();
  }
}

/** A name with several addresses fails with an error without a text of its own. */
function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || String(error);
}
