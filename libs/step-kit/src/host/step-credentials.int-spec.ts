import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError, GRANT_SEAL_INFO, redeemGrant, type CredentialValue, type TaskResult } from '@rpa/contracts';
import { encodeBody, type Bus } from '@rpa/messaging';
import Type from 'typebox';
import { connectAs, TaskOwner } from '../../test/task-owner.js';
import { createEgress } from '../egress/create-egress.js';
import { defineStep } from '../step/define-step.js';
import { startStepHost, type StepHost } from './step-host.js';

const POOL = 'credentials_test';
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const metrics = { histogram: () => ({ observe: () => undefined }), gauge: () => undefined };

/** Seals as the contract of the grant says, independently of the vault's own code. */
function seal(credential: CredentialValue, publicKey: string, grant: string) {
  const own = generateKeyPairSync('x25519');
  const ephemeralKey = own.publicKey.export({ format: 'jwk' }).x ?? '';
  const worker = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: publicKey }, format: 'jwk' });
  const shared = diffieHellman({ privateKey: own.privateKey, publicKey: worker });
  const salt = Buffer.concat([ephemeralKey, publicKey].map((key) => Buffer.from(key, 'base64url')));
  const key = Buffer.from(hkdfSync('sha256', shared, salt, GRANT_SEAL_INFO, 32));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(grant));
  const sealed = [cipher.update(JSON.stringify(credential)), cipher.final(), cipher.getAuthTag()];
  const text = (bytes: Buffer): string => bytes.toString('base64url');
  return { ephemeralKey, nonce: text(nonce), ciphertext: text(Buffer.concat(sealed)) };
}

const echo = defineStep({
  id: 'echo',
  version: 1,
  title: 'Echo',
  summary: 'Says what it was given',
  category: 'other',
  config: Type.Object({}),
  output: Type.Unknown(),
  sideEffect: { default: 'pure' },
  timeout: '10s',
  errors: [],
  examples: [],
  credentialTypes: ['bearer'],
  pool: POOL,
  run: async ({ credential, log }) => {
    const token = String(credential?.data['token']);
    log.info(`the token is ${token}`);
    return { type: credential?.type ?? null, length: token.length, echoed: `Bearer ${token}` };
  },
});

describe('credentials of steps', () => {
  const credentials: Record<string, CredentialValue> = {
    good: { type: 'bearer', data: { token: 't0p-s3cret-token' } },
    wrong_type: { type: 'database', data: { password: 'pw-of-database' } },
  };
  const asked: { grant: string; publicKey: string }[] = [];
  const egress = createEgress({ allow: [] });
  let owner: TaskOwner;
  let bus: Bus;
  let vault: Bus;
  let host: StepHost;

  beforeAll(async () => {
    [owner, bus, vault] = await Promise.all([
      TaskOwner.connect(POOL),
      connectAs('worker'),
      connectAs('credentials-vault'),
    ]);
    vault.subscribe(redeemGrant.subject, (body, msg) => {
      const request = body as { grant: string; publicKey: string };
      asked.push(request);
      const credential = credentials[request.grant];
      if (credential) {
        const key = request.grant;
        return void msg.respond(encodeBody({ sealed: seal(credential, request.publicKey, key) }));
      }
      if (request.grant === 'swapped' && credentials['good'])
        return void msg.respond(encodeBody({ sealed: seal(credentials['good'], request.publicKey, 'other grant') }));
      msg.headers?.set('rpa-error', 'credential_refused');
      const refusal = new AppError('credential_refused', 'There is no such credential.');
      msg.respond(encodeBody(refusal.toBody()), { ...(msg.headers && { headers: msg.headers }) });
    });
    await vault.connection.flush();
    const identity = { serviceToken: async () => 'token' };
    const options = {
      bus,
      identity,
      source: 'worker',
      steps: [echo],
      pool: POOL,
      capacity: 4,
      egress,
      logger: quiet,
      metrics,
    };
    host = startStepHost(options);
    await bus.connection.flush();
  });
  afterAll(async () => {
    await host.stop();
    await Promise.all([owner.close(), bus.close(500), vault.close(500), egress.close()]);
  });

  const run = async (credentialGrant?: string): Promise<TaskResult> => {
    const result = await owner.deliver(
      owner.task('echo', {}, credentialGrant === undefined ? {} : { credentialGrant }),
    );
    owner.acknowledge(host.workerId, result);
    return result;
  };

  it('reach the step, and nothing of them leaves it', async () => {
    const result = await run('good');
    expect(result).toMatchObject({
      outcome: { status: 'completed', output: { type: 'bearer', length: 16, echoed: 'Bearer [secret]' } },
      logs: [{ message: 'the token is [secret]' }],
    });
    expect(JSON.stringify(result)).not.toContain('t0p-s3cret-token');
  });

  it('are fetched with a new key each time, only when a step names one', async () => {
    asked.length = 0;
    await run('good');
    await run('good');
    expect((await run()).outcome).toMatchObject({ output: { type: null } });
    expect(new Set(asked.map(({ publicKey }) => publicKey)).size).toBe(2);
    expect(asked).toHaveLength(2);
  });

  it('that do not exist or do not fit fail the step for good', async () => {
    const refused = { status: 'failed', error: { code: 'credential_refused', retryable: false } };
    expect((await run('absent')).outcome).toMatchObject(refused);
    const wrong = await run('wrong_type');
    expect(wrong.outcome).toMatchObject(refused);
    expect(JSON.stringify(wrong)).toContain('echo takes credentials of type bearer, not database.');
  });

  it('sealed for another grant do not open', async () => {
    expect((await run('swapped')).outcome).toMatchObject({ error: { code: 'credential_unavailable' } });
  });

  it('are worth another attempt when the vault is away', async () => {
    await vault.close(500);
    expect((await run('good')).outcome).toMatchObject({ error: { code: 'credential_unavailable', retryable: true } });
  });
});
