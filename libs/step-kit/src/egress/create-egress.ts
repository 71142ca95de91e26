import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { StepFailure } from '../step/step-failure.js';
import { isPublicAddress, readAddress } from './address.js';
import { EgressHoles } from './egress-holes.js';

export interface EgressOptions {
  /** Holes: `host`, `host:port`, an address or a CIDR range each; everything else must be public. */
  allow: readonly string[];
  /** Connections kept to one origin; more requests wait for one. */
  connectionsPerOrigin?: number;
  /** Finds the addresses of a name; default: the operating system's resolver. */
  resolve?: (host: string) => Promise<string[]>;
}

/** The door to the outside: every connection passes it, whoever asks and after however many redirects. */
export interface Egress {
  dispatcher: Dispatcher;
  /** Closes all connections at once. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 10_000;
const CONNECTIONS_PER_ORIGIN = 64;
/** A name with many addresses does not make one attempt last for minutes. */
const TRIED_ADDRESSES = 4;

/**
 * Makes a dispatcher for undici that resolves names by itself, once, holds every address against the guard, and connects
 * to exactly the address that it has checked: a second look-up that could answer otherwise does not happen.
 * @throws Error when an entry of `allow` cannot be read
 */
export function createEgress(options: EgressOptions): Egress {
  const holes = new EgressHoles(options.allow);
  const resolve = options.resolve ?? resolveByHost;
  const connectTo = buildConnector({ timeout: CONNECT_TIMEOUT_MS });

  const open = async (target: buildConnector.Options): Promise<Socket> => {
    const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80);
    const host = target.hostname.replace(/^\[|\]$/g, '');
    const addresses = await permitted(holes, resolve, host, port);
    let failure: unknown;
    for (const address of addresses.slice(0, TRIED_ADDRESSES))
      try {
        return await connect(connectTo, { ...target, hostname: address, servername: serverName(target, host) });
      } catch (error) {
        failure = error;
      }
    throw failure;
  };

  const agent = new Agent({
    connections: options.connectionsPerOrigin ?? CONNECTIONS_PER_ORIGIN,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: 6 * KEEP_ALIVE_MS,
    maxHeaderSize: 32 * 1024,
    connect: (target: buildConnector.Options, callback: buildConnector.Callback) => {
      open(target).then(
        (socket) => callback(null, socket),
        (error: unknown) => callback(error as Error, null),
      );
    },
  });
  return { dispatcher: agent, close: () => agent.destroy() };
}

type Socket = Extract<Parameters<buildConnector.Callback>, [null, unknown]>[1];

function connect(connectTo: buildConnector.connector, target: buildConnector.Options): Promise<Socket> {
  return new Promise((resolve, reject) => {
    connectTo(target, (...[error, socket]) => (socket ? resolve(socket) : reject(error ?? new Error('no socket'))));
  });
}

/** All addresses of the host, or `egress_denied` if a single one of them is not to be reached. */
async function permitted(
  holes: EgressHoles,
  resolve: (host: string) => Promise<string[]>,
  host: string,
  port: number,
): Promise<string[]> {
  const addresses = isIP(host) ? [host] : await resolve(host);
  if (addresses.length === 0) throw new Error(`The name ${host} has no address.`);
  if (holes.allowsName(host, port)) return addresses;
  for (const text of addresses) {
    const address = readAddress(text);
    if (!isPublicAddress(address) && !holes.allowsAddress(address, port))
      throw new StepFailure(
        'egress_denied',
        `${host} leads to an address that is not public. Allow '${holeOf(host, port)}' in EGRESS_ALLOW if it is meant.`,
      );
  }
  return addresses;
}

/** As `EGRESS_ALLOW` reads it: without brackets the port would be a part of an IPv6 address. */
function holeOf(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

async function resolveByHost(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true, order: 'verbatim' });
  return found.map(({ address }) => address);
}

/** The name that the certificate must have; an address has none to send. */
function serverName(target: buildConnector.Options, host: string): string | undefined {
  if (target.protocol !== 'https:') return undefined;
  return target.servername ?? (isIP(host) ? undefined : host);
}
