import { describe, expect, it } from '@jest/globals';
import { isPublicAddress, readAddress } from './address.js';

const PUBLIC = ['93.184.216.34', '1.1.1.1', '2606:4700:4700::1111', '2a00:1450:4001:81b::200e', '64:ff9b::5db8:d822'];
const NOT_PUBLIC = [
  ...[
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.9.9',
  ],
  ...[
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
  ],
  ...['240.0.0.1', '255.255.255.255', '168.63.129.16', '100.100.100.200'],
  ...['::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '::ffff:0:127.0.0.1', '64:ff9b::7f00:1'],
  ...[
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::7f00:1',
    '2002:7f00:1::',
    '2002:5db8:d822::',
    '2001:0:7f00:1::',
    'fe80::1',
    'fe80::1%lo',
  ],
  ...['fc00::1', 'fd00:ec2::254', 'fec0::1', 'ff02::1', '2001:db8::1', '100::1', '3fff::1', '5f00::1', '4000::1'],
  ...['2606:4700::5efe:7f00:1', '2606:4700::200:5efe:7f00:1'],
];

describe('public addresses', () => {
  it.each(PUBLIC)('%s is one', (text) => expect(isPublicAddress(readAddress(text))).toBe(true));
  it.each(NOT_PUBLIC)('%s is none', (text) => expect(isPublicAddress(readAddress(text))).toBe(false));
});
