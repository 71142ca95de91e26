import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEgress, createHttpClient } from '@rpa/step-kit';
import { TransitKeyEncryption } from './transit-key-encryption.js';

const TOKEN = 'hvs.example-token';
const KEY = randomBytes(32);
const BINDING = ['data key', 'an organization', 1, 'transit:transit/rpa'];

interface Body {
  plaintext?: string;
  ciphertext?: string;
  associated_data: string;
}

/** Answers as the API of HashiCorp Vault's transit engine is documented: `/v1/transit/{encrypt,decrypt}/<name>`. */
function answerAsVault(path: string, token: string | undefined, body: Body): { status: number; body: object } {
  if (token !== TOKEN) return { status: 403, body: { errors: ['permission denied'] } };
  const aad = Buffer.from(body.associated_data, 'base64');
  if (path === '/v1/transit/encrypt/rpa' && body.plaintext) {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', KEY, nonce).setAAD(aad);
    const sealed = Buffer.concat([nonce, cipher.update(body.plaintext, 'base64'), cipher.final(), cipher.getAuthTag()]);
    return { status: 200, body: { data: { ciphertext: `vault:v1:${sealed.toString('base64')}`, key_version: 1 } } };
  }
  if (path !== '/v1/transit/decrypt/rpa' || !body.ciphertext) return { status: 404, body: { errors: [] } };
  try {
    const sealed = Buffer.from(body.ciphertext.replace('vault:v1:', ''), 'base64');
    const cipher = createDecipheriv('aes-256-gcm', KEY, sealed.subarray(0, 12)).setAAD(aad);
    cipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([cipher.update(sealed.subarray(12, -16)), cipher.final()]);
    return { status: 200, body: { data: { plaintext: plain.toString('base64') } } };
  } catch {
    return { status: 400, body: { errors: ['cipher: message authentication failed'] } };
  }
}

describe('TransitKeyEncryption', () => {
  let server: Server;
  let requests = 0;
  let broken = false;
  const egress = createEgress({ allow: ['127.0.0.1'] });
  beforeAll(async () => {
    server = createServer((request, response) => {
      void text(request).then((body) => {
        requests++;
        const token = request.headers['x-vault-token'] as string | undefined;
        const reply = answerAsVault(request.url ?? '', token, JSON.parse(body) as Body);
        response.writeHead(broken ? 503 : reply.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(broken ? { errors: ['Vault is sealed'] } : reply.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await egress.close();
    server.closeAllConnections();
    server.close();
  });

  const open = (token = TOKEN, key = 'rpa'): TransitKeyEncryption => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new TransitKeyEncryption(createHttpClient(egress), { url, token, mount: 'transit', key });
  };

  it('wraps and unwraps keys that it never keeps itself, bound to what they belong to', async () => {
    const key = randomBytes(32);
    const wrapped = await open().wrap(key, BINDING);
    expect(wrapped.toString()).toMatch(/^vault:v1:/);
    expect(wrapped.includes(key)).toBe(false);
    expect(await open().unwrap(wrapped, BINDING)).toEqual(key);
    await expect(open().unwrap(wrapped, ['data key', 'another organization', 1, 'x'])).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('asks once for a key that is used again and again, and lends a copy each time', async () => {
    const transit = open();
    const key = randomBytes(32);
    const wrapped = await transit.wrap(key, BINDING);
    const before = requests;
    for (let round = 0; round < 5; round++) (await transit.unwrap(wrapped, BINDING)).fill(0);
    expect(await transit.unwrap(wrapped, BINDING)).toEqual(key);
    expect(requests - before).toBe(1);
  });

  it('says that the engine refused or is away, and nothing of what was sent', async () => {
    const key = randomBytes(32);
    for (const transit of [open('stolen'), open(TOKEN, 'no-such-key')])
      await expect(transit.wrap(key, BINDING)).rejects.toMatchObject({ code: 'unavailable' });
    const failure = await open('stolen')
      .wrap(key, BINDING)
      .catch((error: Error) => error.message);
    expect(failure).toContain('status 403');
    expect(failure).not.toContain(key.toString('base64'));
    broken = true;
    await expect(open().wrap(key, BINDING)).rejects.toMatchObject({ code: 'unavailable', retryAfter: 1 });
    broken = false;
  });
});
