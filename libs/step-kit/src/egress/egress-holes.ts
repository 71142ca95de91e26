import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { readAddress, type Address } from './address.js';

interface NamedHole {
  host: string;
  port: number | null;
}

interface RangeHole {
  range: [Address, number];
  port: number | null;
}

const NAME = /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?$/;
/** `127.1` would be read as an address by some and as a name by others. */
const ONLY_NUMBERS = /^[\d.]+$/;

/** What `EGRESS_ALLOW` opens beside the public internet: names (by exactly that name) and address ranges. */
export class EgressHoles {
  private readonly names: NamedHole[] = [];
  private readonly ranges: RangeHole[] = [];

  /** @throws when an entry is neither `host`, `host:port`, an address nor a CIDR range */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.add(entry.trim().toLowerCase());
  }

  /** Whether the name itself is let through, wherever it leads. */
  allowsName(host: string, port: number): boolean {
    const name = withoutTrailingDot(host.toLowerCase());
    return this.names.some((hole) => hole.host === name && (hole.port === null || hole.port === port));
  }

  allowsAddress(address: Address, port: number): boolean {
    return this.ranges.some(
      (hole) =>
        (hole.port === null || hole.port === port) &&
        hole.range[0].kind() === address.kind() &&
        address.match(hole.range as never),
    );
  }

  private add(entry: string): void {
    const { host, port } = splitPort(entry);
    if (host.includes('/') && ipaddr.isValidCIDR(host)) this.ranges.push({ range: ipaddr.parseCIDR(host), port });
    else if (isIP(host)) this.ranges.push(single(host, port));
    else if (NAME.test(host) && !ONLY_NUMBERS.test(host)) this.names.push({ host: withoutTrailingDot(host), port });
    else throw new Error(`'${entry}' is not host, host:port, an address or a CIDR range such as 10.0.0.0/8.`);
  }
}

/** For configurations. @throws when an entry of `EGRESS_ALLOW` cannot be read */
export function checkEgressHoles(entries: readonly string[]): void {
  void new EgressHoles(entries);
}

function single(host: string, port: number | null): RangeHole {
  const address = readAddress(host);
  return { range: [address, address instanceof ipaddr.IPv4 ? 32 : 128], port };
}

function splitPort(entry: string): { host: string; port: number | null } {
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(entry);
  const match = bracketed ?? /^([^:]+)(?::(\d{1,5}))?$/.exec(entry);
  if (!match?.[1]) return { host: entry, port: null };
  const port = match[2] === undefined ? null : Number(match[2]);
  if (port !== null && (port < 1 || port > 65_535)) throw new Error(`'${entry}' has a port outside of 1 to 65535.`);
  return { host: match[1], port };
}

function withoutTrailingDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}
