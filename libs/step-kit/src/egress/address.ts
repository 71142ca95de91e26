import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Globally routable on paper, but answered by the cloud's own machinery. */
const SPECIAL_IPV4 = ['168.63.129.16'];
/** Only here does the IPv6 internet live; everything else is special, local or not assigned. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** The address, with an IPv4 address that is wrapped in an IPv6 one taken out of it. */
export function readAddress(text: string): Address {
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv4) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  if (address.match(NAT64)) return new ipaddr.IPv4(address.toByteArray().slice(12));
  return address;
}

/**
 * Whether an address belongs to the public internet. Denies what is not known to: private, loopback, link-local, shared,
 * metadata, multicast, reserved and documentation ranges, and the tunnels 6to4 and Teredo, which can lead anywhere.
 */
export function isPublicAddress(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  if (address instanceof ipaddr.IPv4) return !SPECIAL_IPV4.includes(address.toString());
  return address.match(GLOBAL_IPV6) && !isIsatap(address);
}

/** ISATAP carries an IPv4 address behind the interface id `0:5efe` or `200:5efe`. */
function isIsatap(address: ipaddr.IPv6): boolean {
  const [high, low] = [address.parts[4], address.parts[5]];
  return low === 0x5efe && (high === 0 || high === 0x200);
}
