import { createServer } from 'node:net';
import { EmbeddedError, embeddedErrorCode } from './embedded.errors.js';

const LOOPBACK = '127.0.0.1';

/** The port that was bound, or undefined when it is taken; 0 binds any free one. */
async function bind(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}

/** Whether this process could listen on the port now; false for a port that needs more rights, too. */
export async function portFree(port: number, host: string = LOOPBACK): Promise<boolean> {
  return (await bind(port, host)) !== undefined;
}

/** A port that nobody listens on at this moment; another process may take it before the caller does. */
export async function freePort(host: string = LOOPBACK): Promise<number> {
  const port = await bind(0, host);
  if (port === undefined) throw new Error(`No free port on ${host}.`);
  return port;
}

export interface PortWish {
  /** The port the operator asked for; 0 means any. */
  readonly port: number | undefined;
  /** Taken in this order when nothing was asked for and they are free. */
  readonly preferred: readonly (number | undefined)[];
  readonly host: string;
  /** What listens there, for the message. */
  readonly server: string;
  /** The setting that the operator changes, for the hint. */
  readonly setting: string;
}

/**
 * @returns the port to listen on
 * @throws EmbeddedError `PORT_TAKEN` when the operator asked for a port that is taken
 */
export async function choosePort(wish: PortWish): Promise<number> {
  if (wish.port === 0) return freePort(wish.host);
  if (wish.port !== undefined) {
    if (await portFree(wish.port, wish.host)) return wish.port;
    throw new EmbeddedError(
      embeddedErrorCode.portTaken,
      `${wish.server} cannot listen on ${wish.host}:${wish.port}: the port is taken or needs more rights.`,
      `End the program that listens there, or set ${wish.setting} to another port.`,
    );
  }
  for (const port of wish.preferred) {
    if (port !== undefined && (await portFree(port, wish.host))) return port;
  }
  return freePort(wish.host);
}
