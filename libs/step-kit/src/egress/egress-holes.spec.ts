import { describe, expect, it } from '@jest/globals';
import { readAddress } from './address.js';
import { EgressHoles } from './egress-holes.js';

const holes = new EgressHoles([
  'orders.internal:8080',
  'Wiki.',
  '10.1.0.0/16',
  '127.0.0.1:9000',
  '[::1]:9000',
  'fd00::/8',
]);
const address = (text: string, port: number) => holes.allowsAddress(readAddress(text), port);

describe('holes of the egress guard', () => {
  it('lets a name through on its port, by exactly that name', () => {
    expect(holes.allowsName('orders.internal', 8080)).toBe(true);
    expect(holes.allowsName('ORDERS.internal.', 8080)).toBe(true);
    expect(holes.allowsName('wiki', 443)).toBe(true);
    expect(holes.allowsName('orders.internal', 8081)).toBe(false);
    expect(holes.allowsName('x.orders.internal', 8080)).toBe(false);
    expect(holes.allowsName('127.0.0.1', 9000)).toBe(false);
  });

  it('lets addresses of a range through', () => {
    expect(address('10.1.255.1', 80)).toBe(true);
    expect(address('::ffff:10.1.0.1', 80)).toBe(true);
    expect(address('127.0.0.1', 9000)).toBe(true);
    expect(address('::1', 9000)).toBe(true);
    expect(address('fd12::1', 1)).toBe(true);
    expect(address('10.2.0.1', 80)).toBe(false);
    expect(address('127.0.0.1', 9001)).toBe(false);
  });

  it.each(['http://x', 'a b', '10.0.0.0/33', 'x:0', 'x:99999', '*', '127.1', '', '*.example.com'])(
    'refuses %j',
    (entry) => expect(() => new EgressHoles([entry])).toThrow(/EGRESS|is not host|port/),
  );
});
