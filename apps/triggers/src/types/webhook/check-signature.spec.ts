import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { checkSignature } from './check-signature.js';

const NOW = 1_614_265_330_000;
/** The vector that the libraries of Standard Webhooks are tested with. */
const VECTOR = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  headers: {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
  body: Buffer.from('{"test": 2432232314}'),
};
const hmac = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex');

describe('standard', () => {
  const check = (headers: Record<string, string>, secrets = [VECTOR.secret], body = VECTOR.body, now = NOW) =>
    checkSignature({ signature: 'standard' }, secrets, { headers: { ...VECTOR.headers, ...headers }, body }, now);

  it('takes the published vector', () => {
    expect(check({})).toBeNull();
  });

  it('takes what the library of Standard Webhooks signs, over the raw bytes', () => {
    const at = new Date();
    for (const body of ['{"a":1}', '', 'ü\n{ "raw" :1}', '€'.repeat(5_000)]) {
      const signature = new Webhook(VECTOR.secret).sign('msg_1', at, body);
      const headers = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': signature,
      };
      expect(check(headers, undefined, Buffer.from(body), at.getTime())).toBeNull();
    }
  });

  it('takes any of several signatures and secrets', () => {
    const good = VECTOR.headers['webhook-signature'];
    expect(check({ 'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')} ${good}` })).toBeNull();
    expect(check({ 'webhook-signature': `v1a,xxxx ${good}` })).toBeNull();
    expect(check({}, ['whsec_b3RoZXI=', VECTOR.secret])).toBeNull();
    expect(check({}, [VECTOR.secret.slice(6)])).toBeNull();
  });

  it.each([
    ['no signature', { 'webhook-signature': '' }],
    ['an empty one', { 'webhook-signature': 'v1,' }],
    ['63 hex digits', { 'webhook-signature': `v1,${'a'.repeat(63)}` }],
    ['another version', { 'webhook-signature': VECTOR.headers['webhook-signature'].replace('v1', 'v2') }],
    ['another id', { 'webhook-id': 'msg_other' }],
    ['no id', { 'webhook-id': '' }],
    ['a time six minutes ago', { 'webhook-timestamp': '1614264970' }],
    ['a time in six minutes', { 'webhook-timestamp': '1614265690' }],
    ['NaN', { 'webhook-timestamp': 'NaN' }],
    ['1e99', { 'webhook-timestamp': '1e99' }],
    ['-1', { 'webhook-timestamp': '-1' }],
    ['no time', { 'webhook-timestamp': '' }],
  ])('refuses %s', (_what, headers) => {
    expect(check(headers)).toMatch(/./);
  });

  it('refuses another body, another secret, and no secret at all', () => {
    expect(check({}, undefined, Buffer.from('{"test":2432232314}'))).toMatch(/does not match/);
    expect(check({}, ['whsec_b3RoZXIgc2VjcmV0'])).toMatch(/does not match/);
    expect(check({}, [])).toMatch(/does not match/);
  });
});

describe('the others', () => {
  const body = Buffer.from('{"id":"evt_1"}');
  const secret = "It's a Secret to Everybody";
  const now = 1_700_000_000_000;
  const seconds = '1700000000';

  it('take what their senders sign', () => {
    const check = (signature: 'github' | 'stripe' | 'slack' | 'hex', headers: Record<string, string>, of = body) =>
      checkSignature({ signature }, ['another secret', secret], { headers, body: of }, now);
    // From GitHub's documentation.
    expect(
      check(
        'github',
        { 'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' },
        Buffer.from('Hello, World!'),
      ),
    ).toBeNull();
    const v1 = hmac(secret, `${seconds}.${body.toString()}`);
    expect(check('stripe', { 'stripe-signature': `t=${seconds},v1=${'0'.repeat(64)},v1=${v1},v0=x` })).toBeNull();
    const v0 = hmac(secret, `v0:${seconds}:${body.toString()}`);
    expect(check('slack', { 'x-slack-request-timestamp': seconds, 'x-slack-signature': `v0=${v0}` })).toBeNull();
    expect(check('hex', { 'x-signature': hmac(secret, body.toString()).toUpperCase() })).toBeNull();
    expect(
      checkSignature(
        { signature: 'hex', signatureHeader: 'X-Own' },
        [secret],
        { headers: { 'x-own': `sha256=${hmac(secret, body.toString())}` }, body },
        now,
      ),
    ).toBeNull();
  });

  it.each<['github' | 'stripe' | 'slack' | 'hex', Record<string, string>]>([
    ['github', {}],
    ['github', { 'x-hub-signature-256': `sha1=${hmac(secret, body.toString())}` }],
    ['github', { 'x-hub-signature-256': `sha256=${hmac(secret, body.toString()).slice(1)}` }],
    ['stripe', {}],
    ['stripe', { 'stripe-signature': `t=1699999000,v1=${hmac(secret, `1699999000.${body.toString()}`)}` }],
    ['stripe', { 'stripe-signature': `v1=${hmac(secret, body.toString())}` }],
    [
      'slack',
      { 'x-slack-request-timestamp': seconds, 'x-slack-signature': hmac(secret, `v0:${seconds}:${body.toString()}`) },
    ],
    ['slack', { 'x-slack-request-timestamp': '1e9', 'x-slack-signature': `v0=${'0'.repeat(64)}` }],
    ['hex', { 'x-signature': 'zz' }],
    ['hex', { 'x-signature': '' }],
  ])('%s refuses %j', (signature, headers) => {
    expect(checkSignature({ signature }, [secret], { headers, body }, now)).toMatch(/./);
  });
});
